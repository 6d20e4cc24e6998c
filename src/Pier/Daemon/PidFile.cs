using System.Globalization;
using Pier.Model;

namespace Pier.Daemon;

/// <summary>The daemon's pid file: refused while the process in it lives, removed at the end.</summary>
sealed class PidFile : IDisposable
{
    readonly string _path;

    PidFile(string path) => _path = path;

    public static PidFile Create(string path)
    {
        if (Read(path) is { } pid && pid != Environment.ProcessId && IsPier(pid))
            throw new ConflictException(
                $"failed to start daemon, ensure pier is not running or delete {path}: process with PID {pid} is still running"
            );
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = $"{path}.{Environment.ProcessId}";
            File.WriteAllText(temporary, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HostFailureException($"failed to start daemon: failed to write pid file {path}: {e.Message}", e);
        }
        return new PidFile(path);
    }

    public void Dispose()
    {
        try
        {
            if (Read(_path) == Environment.ProcessId)
                File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next daemon overwrites a stale one.
        }
    }

    static int? Read(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A pid is used again after a reboot: only another pier is in the way. One that was killed keeps its name until its parent has reaped
    // it.
    static bool IsPier(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var name = stat.LastIndexOf(')');
            return stat[..name].EndsWith("(pier", StringComparison.Ordinal) && stat[name + 2] is not ('Z' or 'X');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
