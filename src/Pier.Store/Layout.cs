using Pier.Model;

namespace Pier.Store;

/// <summary>
/// The tree under a data root; every path is built here and nowhere else.
/// <code>
/// ROOT/                               0711
///   lock                              held (flock) by the one process that uses the root; its pid is the text
///   init                              the program of --init, bound into containers; 0755
///   content/                          an OCI image layout: `skopeo inspect oci:ROOT/content:NAME` reads it
///     oci-layout
///     index.json                      the images: what names what
///     index.json.before               the same before its last change, for when that file is damaged
///     blobs/sha256/HEX                manifests, configurations, layer tars
///     ingest/                         blobs that are still being written; emptied at start but for
///       partial-ALGORITHM-HEX         what a broken pull left of a blob, for the next one; kept for a day
///   spool/                            archives while they are loaded; emptied at start
///   records/KIND/ID.json              one durable record a file
///   records/KIND/ID.json.torn         a record that could not be read, put aside
///   snapshots/DRIVER/layers/HEX/      a committed layer, named by its chain id
///   snapshots/DRIVER/containers/ID/   a container's own writable layer
///   snapshots/DRIVER/staging/         layers that are still being unpacked; emptied at start
///   containers/ID/                    hostname, hosts, resolv.conf, ID-json.log (or local-logs/container.log, container-cached.log)
///   volumes/NAME/_data                named volumes
///   builds/trees/ID/                  files that clients and servers sent for a build
///   builds/caches/ID/                 what RUN --mount=type=cache keeps
///   builds/contexts/BOOT/ID/SLOT/     a client's directory as it was sent last: tree/, incoming/ for what is on its way, and
///                                   hashes, what is known of the files' content
///   trash/                            what is being deleted in the background; emptied at start
/// </code>
/// Names are checked: an id or a name from outside can never lead out of the tree.
/// </summary>
public sealed class Layout(string root)
{
    /// <summary>The data root, absolute and without a trailing slash.</summary>
    public string Root { get; } = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    public string LockFile => Path.Combine(Root, "lock");
    public string InitFile => Path.Combine(Root, "init");
    public string Content => Path.Combine(Root, "content");
    public string LayoutMark => Path.Combine(Content, "oci-layout");
    public string ImageIndex => Path.Combine(Content, "index.json");

    public string ImageIndexBefore => ImageIndex + ".before";
    public string Blobs => Path.Combine(Content, "blobs");
    public string Ingest => Path.Combine(Content, "ingest");
    public string Spool => Path.Combine(Root, "spool");
    public string Trash => Path.Combine(Root, "trash");
    public string AllRecords => Path.Combine(Root, "records");
    public string Containers => Path.Combine(Root, "containers");
    public string Volumes => Path.Combine(Root, "volumes");
    public string AllSnapshots => Path.Combine(Root, "snapshots");

    public string Blob(Digest digest) => Path.Combine(Blobs, digest.Algorithm, digest.Hex);

    public string Records(string kind) => Path.Combine(AllRecords, CheckedName(kind));

    /// <summary>One record of a kind.</summary>
    public string Record(string kind, string id) => Path.Combine(Records(kind), RecordName(id));

    internal const string RecordExtension = ".json";

    /// <summary>Added to the name of a file that could not be read and was put aside.</summary>
    internal const string TornExtension = ".torn";

    internal static string RecordName(string id) => CheckedName(id) + RecordExtension;

    public string Snapshots(string driver) => Path.Combine(AllSnapshots, CheckedName(driver));

    public string SnapshotLayers(string driver) => Path.Combine(Snapshots(driver), "layers");

    public string SnapshotContainers(string driver) => Path.Combine(Snapshots(driver), "containers");

    public string SnapshotStaging(string driver) => Path.Combine(Snapshots(driver), "staging");

    public string Layer(string driver, Digest chainId) => Path.Combine(SnapshotLayers(driver), chainId.Hex);

    public string ContainerSnapshot(string driver, string id) => Path.Combine(SnapshotContainers(driver), CheckedName(id));

    public string Container(string id) => Path.Combine(Containers, CheckedName(id));

    public string ContainerHostname(string id) => Path.Combine(Container(id), "hostname");

    public string ContainerHosts(string id) => Path.Combine(Container(id), "hosts");

    public string ContainerResolvConf(string id) => Path.Combine(Container(id), "resolv.conf");

    public string ContainerLog(string id) => Path.Combine(Container(id), id + "-json.log");

    public string ContainerLocalLog(string id) => Path.Combine(Container(id), "local-logs", "container.log");

    public string ContainerCachedLog(string id) => Path.Combine(Container(id), "container-cached.log");

    public string Volume(string name) => Path.Combine(Volumes, CheckedName(name));

    public string VolumeData(string name) => Path.Combine(Volume(name), "_data");

    public string Builds => Path.Combine(Root, "builds");
    public string BuildTrees => Path.Combine(Builds, "trees");

    public string BuildTree(string id) => Path.Combine(BuildTrees, CheckedName(id));

    public string BuildCaches => Path.Combine(Builds, "caches");

    public string BuildCache(string id) => Path.Combine(BuildCaches, CheckedName(id));

    /// <summary>Copies of clients' directories.</summary>
    public string BuildContexts => Path.Combine(Builds, "contexts");

    public string BuildContext(string boot) => Path.Combine(BuildContexts, CheckedName(boot));

    public string BuildContext(string boot, string id) => Path.Combine(BuildContext(boot), CheckedName(id));

    internal static string CheckedName(string name) =>
        name.Length is > 0 and <= 255 && name[0] != '.' && !name.AsSpan().ContainsAny('/', '\0')
            ? name
            : throw new InvalidParameterException($"invalid name: \"{name}\"");
}
