using Pier.Model;

namespace Pier.Registry.Storage;

/// <summary>
/// The tree of a registry's objects; every key is built here and nowhere else, from parts that were checked. A part of a repository's name
/// never begins with an underscore, so names and the registry's own words cannot meet.
/// <code>
/// blobs/sha256/ab/abcd...                                     content, stored once
/// repositories/NAME/_blobs/sha256/HEX                         empty: the blob belongs to the repository
/// repositories/NAME/_manifests/sha256/HEX                     the manifest's media type
/// repositories/NAME/_tags/TAG                                 the manifest's digest
/// repositories/NAME/_referrers/sha256/SUBJECT/sha256-HEX      descriptor of a manifest that refers to SUBJECT
/// uploads/NAME/_ID                                            (always on the local disk) an upload that is under way
/// temporary/ID                                                (local) small objects that are being written; emptied at start
/// lock                                                        (local) held by the one server that uses the tree
/// </code>
/// </summary>
static class RegistryLayout
{
    public const string Repositories = "repositories",
        Uploads = "uploads",
        Lock = "lock",
        AllBlobs = "blobs",
        AllTemporary = "temporary";

    public const string ManifestsWord = "_manifests";

    public static string Blob(Digest digest) => $"{AllBlobs}/{digest.Algorithm}/{digest.Hex[..2]}/{digest.Hex}";

    public static string Repository(string name) => $"{Repositories}/{name}";

    public static string BlobLinks(string name) => $"{Repositories}/{name}/_blobs";

    public static string BlobLink(string name, Digest digest) => $"{BlobLinks(name)}/{digest.Algorithm}/{digest.Hex}";

    public static string Manifests(string name) => $"{Repositories}/{name}/{ManifestsWord}";

    public static string ManifestLink(string name, Digest digest) => $"{Manifests(name)}/{digest.Algorithm}/{digest.Hex}";

    public static string Tags(string name) => $"{Repositories}/{name}/_tags";

    public static string Tag(string name, string tag) => $"{Tags(name)}/{tag}";

    public static string Referrers(string name, Digest subject) => $"{Repositories}/{name}/_referrers/{subject.Algorithm}/{subject.Hex}";

    public static string Referrer(string name, Digest subject, Digest manifest) =>
        $"{Referrers(name, subject)}/{manifest.Algorithm}-{manifest.Hex}";

    public static string Temporary(string id) => $"{AllTemporary}/{id}";

    public static string Upload(string name, string id) => $"{Uploads}/{name}/_{id}";
}
