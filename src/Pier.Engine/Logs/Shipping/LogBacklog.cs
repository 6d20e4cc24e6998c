using Pier.Store.Logs;

namespace Pier.Engine.Logs.Shipping;

/// <summary>What mode=non-blocking lets go of: the oldest messages, when more wait than the buffer may hold.</summary>
static class LogBacklog
{
    /// <summary>Where to go on so that at most <paramref name="limit"/> bytes of the log wait; null when no more do now.</summary>
    public static LogCursor? Skip(string path, LogCursor? from, long limit)
    {
        var files = LogFiles.Open(path);
        try
        {
            var left = limit;
            for (var i = files.Count - 1; i >= 0; i--)
            {
                var length = RandomAccess.GetLength(files[i].Handle);
                var start = from?.Inode == files[i].Inode ? from.Offset : 0;
                if (length - start > left)
                    return new LogCursor
                    {
                        Inode = files[i].Inode,
                        Offset = LineFrom(files[i], length - left),
                        Time = 0,
                    };
                if (from?.Inode == files[i].Inode)
                    return null;
                left -= length;
            }
            return null;
        }
        finally
        {
            foreach (var file in files)
                file.Dispose();
        }
    }

    /// <summary>The first start of a line at or behind an offset; the file's end when there is none.</summary>
    static long LineFrom(LogFile file, long offset)
    {
        if (offset == 0)
            return 0;
        var block = new byte[64 * 1024];
        for (var at = offset - 1; ; at += block.Length)
        {
            var read = RandomAccess.Read(file.Handle, block, at);
            if (read == 0)
                return at;
            var newline = block.AsSpan(0, read).IndexOf((byte)'\n');
            if (newline >= 0)
                return at + newline + 1;
        }
    }
}
