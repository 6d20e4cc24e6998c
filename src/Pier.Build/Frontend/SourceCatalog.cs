using System.Collections.Concurrent;
using Pier.Build.Dockerfiles;
using Pier.Build.Graph;
using Pier.Build.Sources.Git;
using Pier.Model;

namespace Pier.Build.Frontend;

/// <summary>The trees that come from outside, one vertex for each that is different.</summary>
sealed class SourceCatalog(DockerfileInput input, IImageResolver images, CancellationToken ct)
{
    readonly ConcurrentDictionary<(string, string), Task<ResolvedImage>> _resolved = [];
    readonly Dictionary<(string, string), ImageSource> _images = [];
    readonly Dictionary<string, Vertex> _contexts = [];
    readonly Dictionary<(string, string, string), HttpSource> _files = [];
    readonly Dictionary<(string, string, string, bool, string?), GitSource> _repositories = [];

    public ScratchSource Scratch { get; } = new() { Name = "scratch" };

    /// <summary>The main context.</summary>
    public Vertex Context =>
        field ??=
            input.Context
            ?? new LocalSource
            {
                Name = "[internal] load build context",
                Local = "context",
                Excludes = input.Excludes,
            };

    /// <summary>Begins to look an image up, or answers with what is found.</summary>
    public Task<ResolvedImage> ResolveAsync(string reference, Platform platform) =>
        _resolved.GetOrAdd((FullName(reference), platform.ToString()), _ => images.ResolveAsync(reference, platform, input.Pull, ct));

    /// <summary>The layers of an image.</summary>
    public async Task<ImageSource> ImageAsync(string reference, Platform platform, string name)
    {
        var found = await ResolveAsync(reference, platform);
        var key = (FullName(reference), platform.ToString());
        if (!_images.TryGetValue(key, out var source))
            _images[key] = source = new ImageSource
            {
                Name = name,
                Reference = key.Item1,
                Platform = platform,
                Resolved = found.Id,
                Tree = found.Tree,
            };
        return source;
    }

    /// <summary>An id stays as it is.</summary>
    static string FullName(string reference) =>
        ImageReference.TryParse(reference, out var parsed) ? parsed.WithDefaultTag().ToString() : reference;

    /// <summary>
    /// A context of --build-context that is no image; throws <see cref="InstructionException"/> for an address that is not understood.
    /// </summary>
    public Vertex Named(string name, NamedContext context)
    {
        if (_contexts.TryGetValue(name, out var known))
            return known;
        Vertex source = context.Address switch
        {
            ['l', 'o', 'c', 'a', 'l', ':', .. var local] => new LocalSource
            {
                Name = $"[context {name}] load from client",
                Local = local,
                Excludes = context.Excludes,
            },
            var address when GitAddress.Parse(address, asContext: true) is { } git => Repository(
                git,
                keepGitDirectory: false,
                checksum: null
            ),
            var address => throw new InstructionException($"unsupported context source {address.Split(':')[0]} for {name}", name),
        };
        return _contexts[name] = source;
    }

    public HttpSource File(Uri address, string fileName, Digest? checksum)
    {
        var key = (address.AbsoluteUri, fileName, checksum?.ToString() ?? "");
        if (!_files.TryGetValue(key, out var source))
            _files[key] = source = new HttpSource
            {
                Name = address.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped),
                Address = address,
                FileName = fileName,
                Checksum = checksum,
            };
        return source;
    }

    public GitSource Repository(GitAddress address, bool keepGitDirectory, string? checksum)
    {
        var key = (address.Remote, address.Reference, address.Subdirectory, keepGitDirectory, checksum);
        if (!_repositories.TryGetValue(key, out var source))
            _repositories[key] = source = new GitSource
            {
                Name = $"[git] {WithoutPassword(address.Remote)}{(address.Reference.Length > 0 ? "#" + address.Reference : "")}",
                Remote = address.Remote,
                Reference = address.Reference,
                Subdirectory = address.Subdirectory,
                KeepGitDirectory = keepGitDirectory,
                Checksum = checksum,
            };
        return source;
    }

    static string WithoutPassword(string remote) =>
        Uri.TryCreate(remote, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0
            ? uri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped)
            : remote;
}
