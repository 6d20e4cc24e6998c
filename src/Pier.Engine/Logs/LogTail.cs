using Pier.Store.Logs;

namespace Pier.Engine.Logs;

/// <summary>Finds where the last N records of a log begin, reading backwards by the block.</summary>
static class LogTail
{
    /// <summary>The index of the file (in reading order) and the offset in it.</summary>
    public static (int File, long Offset) Find(IReadOnlyList<LogFile> files, int records)
    {
        var left = records;
        var block = new byte[64 * 1024];
        for (var i = files.Count - 1; i >= 0; i--)
        {
            var end = RandomAccess.GetLength(files[i].Handle);
            // The newline that ends the last record is not a start; a record begins after a newline or at the file's start.
            var position = end;
            while (position > 0)
            {
                var size = (int)Math.Min(block.Length, position);
                position -= size;
                var read = RandomAccess.Read(files[i].Handle, block.AsSpan(0, size), position);
                for (var k = read - 1; k >= 0; k--)
                {
                    if (block[k] != (byte)'\n' || position + k + 1 == end)
                        continue;
                    if (--left == 0)
                        return (i, position + k + 1);
                    if (left < 0)
                        return (i, end);
                }
            }
            if (records == 0)
                return (files.Count - 1, RandomAccess.GetLength(files[^1].Handle));
            if (end > 0 && --left <= 0)
                return (i, 0);
        }
        return (0, 0);
    }
}
