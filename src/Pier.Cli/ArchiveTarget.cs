using Pier.Cli.CommandLines;
using Pier.Cli.Transport;

namespace Pier.Cli;

/// <summary>Where a command with -o writes an archive: a file that appears only when it is whole, or standard output.</summary>
static class ArchiveTarget
{
    /// <summary>Refuses what cannot be written to before the daemon is asked.</summary>
    public static void Check(Invocation call, string action)
    {
        if (call.Line.Text("output") is not { Length: > 0 } path)
        {
            if (call.Environment.Terminal.IsOutputTerminal)
                throw new CliFailure("cowardly refusing to save to a terminal. Use the -o flag or redirect");
            return;
        }
        var directory = Path.GetDirectoryName(Path.GetFullPath(path));
        if (directory is not null && !Directory.Exists(directory))
            throw new CliFailure($"{action}: invalid output path: directory \"{Path.GetDirectoryName(path)}\" does not exist");
        if (Directory.Exists(path))
            throw new CliFailure($"{action}: invalid output path: \"{path}\" is a directory");
    }

    public static void Write(Invocation call, DaemonAnswer answer)
    {
        if (call.Line.Text("output") is not { Length: > 0 } path)
        {
            answer.Body.CopyTo(call.Environment.Output, BufferSize);
            return;
        }
        if (File.Exists(path) && !File.GetAttributes(path).HasFlag(FileAttributes.Normal) && new FileInfo(path).Length == 0)
        {
            // A device such as /dev/null, or an empty file: nothing is lost when it breaks off.
            using var direct = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0);
            answer.Body.CopyTo(direct, BufferSize);
            return;
        }
        var temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (var file = new FileStream(temporary, options))
                answer.Body.CopyTo(file, BufferSize);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    const int BufferSize = 256 * 1024;
}
