using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Descriptors;
using Pier.Linux.Files;

namespace Pier.Store.Logs;

/// <summary>
/// The files of one log: PATH.N (or PATH.N.gz) ... PATH.1 and PATH, oldest first. The supervisor rotates while they are opened: from the
/// newest to the oldest a file can be met twice, never missed, and its identity tells.
/// </summary>
public static class LogFiles
{
    // A rotation gives one file after another its next name, the oldest first: where it is at work a name is missing, and the file is
    // behind it. One more is for a rotation that has come one name further meanwhile.
    const int MissingAtEnd = 3;

    /// <summary>Opens what there is; the last one is the current file unless that is missing.</summary>
    public static IReadOnlyList<LogFile> Open(string path) =>
        Border.Cross(() =>
        {
            var files = new List<LogFile>();
            try
            {
                if (OpenPlain(path) is { } current)
                    files.Add(current);
                for (int number = 1, missing = 0; missing < MissingAtEnd; number++)
                {
                    var file = OpenNumber(path, number);
                    missing = file is null ? missing + 1 : 0;
                    if (file is null)
                        continue;
                    if (files.Exists(f => f.Is(file)))
                        file.Dispose();
                    else
                        files.Add(file);
                }
            }
            catch
            {
                foreach (var file in files)
                    file.Dispose();
                throw;
            }
            files.Reverse();
            return files;
        });

    /// <summary>Which file has the log's name now; 0 for none.</summary>
    public static ulong Current(string path) => PlainFile.Inode(path);

    /// <summary>The file that was begun after another; the oldest there is when that one is gone. Null when nothing follows.</summary>
    public static LogFile? After(string path, LogIdentity last)
    {
        var files = Open(path);
        var next = 0;
        for (var i = 0; i < files.Count; i++)
        {
            if (files[i].Identity == last)
                next = i + 1;
        }
        for (var i = 0; i < files.Count; i++)
        {
            if (i != next)
                files[i].Dispose();
        }
        return next < files.Count ? files[next] : null;
    }

    /// <summary>Bytes on disk of all of them.</summary>
    public static long Size(string path)
    {
        var total = File.Exists(path) ? new FileInfo(path).Length : 0;
        for (var number = 1; ; number++)
        {
            var name = Name(path, number);
            if (!File.Exists(name))
                name += ".gz";
            if (!File.Exists(name))
                return total;
            total += new FileInfo(name).Length;
        }
    }

    internal static string Name(string path, int number) => path + "." + number.ToString(CultureInfo.InvariantCulture);

    static LogFile? OpenNumber(string path, int number)
    {
        // Once more after both were missing: the compressed form may have taken the plain one's place in between.
        var name = Name(path, number);
        return OpenPlain(name) ?? CompressedLog.Open(name + ".gz") ?? OpenPlain(name) ?? CompressedLog.Open(name + ".gz");
    }

    static LogFile? OpenPlain(string path) => OpenHandle(path) is { } handle ? new LogFile(handle, FileStat.Of(handle).Inode) : null;

    internal static SafeFileHandle? OpenHandle(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
