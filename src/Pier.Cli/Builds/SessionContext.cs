using System.Security.Cryptography;
using System.Text;
using Pier.Cli.Builds.Sessions;
using Pier.Cli.CommandLines;
using Pier.Model.Builds;

namespace Pier.Cli.Builds;

/// <summary>
/// What is built over a session: directories that are served, an address that the daemon fetches, or an archive that is sent.
/// </summary>
sealed record SessionContext
{
    public IReadOnlyDictionary<string, Func<IReadOnlyList<string>, IReadOnlyList<string>, IDirectorySender>> Directories
    {
        get;
        private init;
    } = new Dictionary<string, Func<IReadOnlyList<string>, IReadOnlyList<string>, IDirectorySender>>();

    /// <summary>The Dockerfile's name in its directory.</summary>
    public string? Dockerfile { get; private init; }
    public string? Remote { get; private init; }

    /// <summary>Writes the context as a tar; null when it is no archive.</summary>
    public Action<Stream>? Archive { get; private init; }

    /// <summary>The same for builds of the same directory on the same machine.</summary>
    public string SharedKey { get; private init; } = "";

    public static SessionContext Open(Invocation call)
    {
        var (context, file) = (call.Arguments[0], call.Line.Text("file"));
        if (!Directory.Exists(context))
        {
            var source = BuildSource.Open(call, quiet: true);
            return source.Remote is not null
                ? new SessionContext { Dockerfile = source.Dockerfile, Remote = source.Remote }
                : new SessionContext
                {
                    Dockerfile = source.Dockerfile,
                    Remote = "http://buildkit-session/" + Guid.NewGuid().ToString("N"),
                    Archive = source.Write,
                };
        }
        var root = Path.GetFullPath(context);
        var (folder, name) = file == "-" ? (null, "Dockerfile") : Locate(root, file);
        var content = folder is null ? ReadInput(call) : null;
        return new SessionContext
        {
            Dockerfile = name,
            SharedKey = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Environment.MachineName}\n{root}\n{folder}"))),
            Directories = new Dictionary<string, Func<IReadOnlyList<string>, IReadOnlyList<string>, IDirectorySender>>
            {
                ["context"] = (excludes, paths) => new SharedDirectory(root, excludes, paths),
                ["dockerfile"] = (excludes, paths) =>
                    folder is null ? new SharedFile(name, content!) : new SharedDirectory(folder, excludes, paths),
            },
        };
    }

    // -f is looked for where the client is, and then in the context.
    static (string Folder, string Name) Locate(string root, string? file)
    {
        var path = Path.GetFullPath(file ?? Path.Combine(root, "Dockerfile"));
        if (file is not null && !File.Exists(path) && File.Exists(Path.Combine(root, file)))
            path = Path.Combine(root, file);
        if (!File.Exists(path))
            throw new CliFailure(
                $"unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat {path}: no such file or directory"
            );
        return (Path.GetDirectoryName(path)!, Path.GetFileName(path));
    }

    static byte[] ReadInput(Invocation call)
    {
        using var text = new MemoryStream();
        call.Environment.Input.CopyTo(text);
        return text.ToArray();
    }
}
