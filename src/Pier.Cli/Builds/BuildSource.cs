using Pier.Cli.CommandLines;
using Pier.Contracts;
using Pier.Model.Builds;

namespace Pier.Cli.Builds;

/// <summary>What is built: a directory, a tar or a Dockerfile on standard input, or an address that the daemon fetches.</summary>
sealed class BuildSource
{
    readonly Action<Stream> _write;

    BuildSource(string? dockerfile, string? remote, Action<Stream> write) => (Dockerfile, Remote, _write) = (dockerfile, remote, write);

    /// <summary>The Dockerfile's path in the context; null for the daemon's own default.</summary>
    public string? Dockerfile { get; }

    /// <summary>The address, or null when the context is sent.</summary>
    public string? Remote { get; }

    /// <summary>Writes the context as a tar.</summary>
    public void Write(Stream output) => _write(output);

    public static BuildSource Open(Invocation call, bool quiet)
    {
        var (context, file) = (call.Arguments[0], call.Line.Text("file"));
        if (context == "-" && file == "-")
            throw new CliFailure("invalid argument: can't use stdin for both build context and dockerfile");
        if (context == "-")
            return StandardInput(call, file);
        if (IsRemote(context))
            return new BuildSource(file, context, _ => { });
        return Directory(call, context, file, quiet);
    }

    static BuildSource Directory(Invocation call, string context, string? file, bool quiet)
    {
        var root = System.IO.Path.GetFullPath(context);
        if (!System.IO.Directory.Exists(root))
            throw new CliFailure($"unable to prepare context: path \"{context}\" not found");
        var archive = new ContextArchive(root);
        var name = DockerfileName(call, root, file, archive);
        if (!quiet && call.Environment.Terminal.IsOutputTerminal)
            archive.Written = bytes => call.Out.WriteLine($"Sending build context to Pier daemon  {HumanSize.Describe(bytes)}");
        return new BuildSource(name, null, archive.Write);
    }

    // In the context it is named by its path; one from elsewhere travels under a name of its own.
    static string DockerfileName(Invocation call, string root, string? file, ContextArchive archive)
    {
        if (file == "-")
        {
            using var text = new MemoryStream();
            call.Environment.Input.CopyTo(text);
            return archive.AddDockerfile(text.ToArray());
        }
        var path = System.IO.Path.GetFullPath(file is null ? System.IO.Path.Combine(root, "Dockerfile") : file);
        if (file is null && !File.Exists(path) && File.Exists(System.IO.Path.Combine(root, "dockerfile")))
            path = System.IO.Path.Combine(root, "dockerfile");
        // -f is looked for where the client is, and then in the context.
        if (file is not null && !File.Exists(path) && File.Exists(System.IO.Path.Combine(root, file)))
            path = System.IO.Path.Combine(root, file);
        if (!File.Exists(path))
            throw new CliFailure(
                $"unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat {path}: no such file or directory"
            );
        var inside = System.IO.Path.GetRelativePath(root, path);
        if (inside.StartsWith("..", StringComparison.Ordinal))
            return archive.AddDockerfile(File.ReadAllBytes(path));
        archive.Keep(inside);
        return inside;
    }

    static BuildSource StandardInput(Invocation call, string? file)
    {
        var head = new byte[512];
        var length = call.Environment.Input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (IsArchive(head.AsSpan(0, length)))
        {
            return new BuildSource(
                file,
                null,
                output =>
                {
                    output.Write(head, 0, length);
                    call.Environment.Input.CopyTo(output, 256 * 1024);
                }
            );
        }
        if (file is not null)
            throw new CliFailure("ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles");
        using var text = new MemoryStream();
        text.Write(head, 0, length);
        call.Environment.Input.CopyTo(text);
        var archive = new ContextArchive(null);
        var name = archive.AddDockerfile(text.ToArray());
        return new BuildSource(name, null, archive.Write);
    }

    // A tar by its magic (POSIX ustar), or something compressed.
    static bool IsArchive(ReadOnlySpan<byte> head) =>
        (head.Length == 512 && head[257..].StartsWith("ustar"u8))
        || head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08])
        || head.StartsWith("BZh"u8)
        || head.StartsWith((ReadOnlySpan<byte>)[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00])
        || head.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]);

    static bool IsRemote(string context) =>
        !System.IO.Directory.Exists(context)
        && (
            context.StartsWith("http://", StringComparison.Ordinal)
            || context.StartsWith("https://", StringComparison.Ordinal)
            || context.StartsWith("git://", StringComparison.Ordinal)
            || context.StartsWith("git@", StringComparison.Ordinal)
            || context.StartsWith("ssh://", StringComparison.Ordinal)
            || context.StartsWith("github.com/", StringComparison.Ordinal)
        );
}
