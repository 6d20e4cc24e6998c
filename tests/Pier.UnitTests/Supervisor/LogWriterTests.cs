using System.Text;
using System.Text.Json;
using Pier.Linux.Descriptors;
using Pier.Supervisor;
using Pier.Supervisor.Entries;
using Pier.Supervisor.Logs;

namespace Pier.UnitTests.Supervisor;

/// <summary>
/// Kills between any two durable steps: the state directory and the logs are copied at every write, and a successor goes on from each copy.
/// </summary>
public sealed class LogWriterTests : IDisposable
{
    static readonly DateTime Now = new(2025, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pier-logwriter-");

    public void Dispose() => _directory.Delete(true);

    [Fact]
    public void Lines_are_split_as_dockerd_splits_them()
    {
        using var bench = new Bench(_directory.FullName, 0, 1);
        bench.Write(new string('a', 16384) + "\n");
        bench.Write(new string('b', 16383));
        bench.Write("\n" + new string('c', 40000));
        bench.Write("\nend");
        bench.Flush();
        Assert.Equal([16384, 1, 16384, 16384, 16384, 7233, 3], bench.Messages().Select(m => m.Length));
        Assert.Equal("end", bench.Messages()[^1]);
    }

    [Fact]
    public void Copying_allocates_nothing()
    {
        using var bench = new Bench(_directory.FullName, 0, 1);
        using var pipe = new Feeder();
        for (var i = 0; i < 3; i++)
            bench.Write(pipe); // warm
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            bench.Write(pipe);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(103, bench.Messages().Count(m => m == "whole line\n"));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(300, 4)]
    public void A_successor_of_every_instant_writes_every_line_once(long maxSize, int maxFile)
    {
        var output = new[]
        {
            "one\ntw",
            "o\nthree\n",
            "fo",
            "u",
            "r\n",
            string.Concat(Enumerable.Range(0, 12).Select(i => $"line {i}\n")) + "x",
            "y\nlast",
        };
        var expected = string.Concat(output);
        var snapshots = new List<(string Path, int Done)>();
        using (var bench = new Bench(Path.Combine(_directory.FullName, "first"), maxSize, maxFile))
        {
            for (var i = 0; i < output.Length; i++)
            {
                // Taken between the splice and the copy, and at each step inside the copy that the log file shows.
                bench.Spool(output[i]);
                snapshots.Add((bench.Snapshot(_directory.FullName + $"/spooled{i}"), i));
                bench.Copy();
                snapshots.Add((bench.Snapshot(_directory.FullName + $"/copied{i}"), i));
            }
        }
        foreach (var (path, done) in snapshots)
        {
            foreach (var torn in Torn(path))
            {
                using var successor = new Bench(torn, maxSize, maxFile);
                successor.Recover();
                for (var i = done + 1; i < output.Length; i++)
                    successor.Write(output[i]);
                successor.Flush();
                var whole = string.Concat(successor.Messages());
                // Rotation may have dropped the oldest files, never anything in between.
                if (maxFile == 1)
                    Assert.Equal(expected, whole);
                else
                    Assert.EndsWith(whole, expected);
                Assert.EndsWith("y\nlast", whole);
            }
        }
    }

    [Fact]
    public void Whole_messages_of_an_interrupted_batch_stay_as_they_were_read()
    {
        string spooled;
        byte[] whole;
        using (var bench = new Bench(Path.Combine(_directory.FullName, "first"), 0, 1))
        {
            bench.Write("zero\none");
            bench.Spool(" and\ntwo\nthree\nfo");
            spooled = bench.Snapshot(_directory.FullName + "/spooled");
            bench.Copy();
            whole = File.ReadAllBytes(_directory.FullName + "/first/log");
        }
        for (var cut = (int)new FileInfo(spooled + "/log").Length; cut <= whole.Length; cut++)
        {
            var torn = $"{_directory.FullName}/cut{cut}";
            CopyState(spooled, torn);
            File.WriteAllBytes(torn + "/log", whole[..cut]);
            using var successor = new Bench(torn, 0, 1);
            successor.Recover(Now.AddSeconds(5));
            successor.Write("ur\n");
            Assert.Equal(["zero\n", "one and\n", "two\n", "three\n", "four\n"], successor.Messages());
            var read = whole.AsSpan(0, whole.AsSpan(0, cut).LastIndexOf((byte)'\n') + 1);
            Assert.True(File.ReadAllBytes(torn + "/log").AsSpan().StartsWith(read), $"cut at {cut}");
        }
    }

    /// <summary>The copy as it is, and with the batch's bytes partly in the log as a write that was under way leaves them.</summary>
    static string[] Torn(string path)
    {
        if (!path.Contains("spooled", StringComparison.Ordinal))
            return [path];
        var torn = path + "-torn";
        CopyState(path, torn);
        File.AppendAllText(torn + "/log", "{\"log\":\"half a mess");
        return [path, torn];
    }

    /// <summary>Inodes differ in a copy: the journal's is set to the copy's, as if it were the same file.</summary>
    static void CopyState(string from, string to)
    {
        CopyAll(from, to);
        using var journal = new Journal(new StateDirectory(to).Journal);
        if (journal.Current is { } batch)
            journal.Set(batch with { LogInode = PlainFile.Inode(to + "/log") });
    }

    static void CopyAll(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var directory in Directory.GetDirectories(from))
            CopyAll(directory, Path.Combine(to, Path.GetFileName(directory)));
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    /// <summary>A pipe that is filled again and again, each time leaving an unfinished line.</summary>
    sealed class Feeder : IDisposable
    {
        readonly (Microsoft.Win32.SafeHandles.SafeFileHandle Read, Microsoft.Win32.SafeHandles.SafeFileHandle Write) _pipe = Pipe.Create();

        public Microsoft.Win32.SafeHandles.SafeFileHandle Fill()
        {
            Pipe.Write(_pipe.Write, "end of a line\nwhole line\nbegin, "u8);
            return _pipe.Read;
        }

        public void Dispose()
        {
            _pipe.Read.Dispose();
            _pipe.Write.Dispose();
        }
    }

    sealed class Bench : IDisposable
    {
        readonly string _root;
        readonly Journal _journal;
        readonly (Microsoft.Win32.SafeHandles.SafeFileHandle Read, Microsoft.Win32.SafeHandles.SafeFileHandle Write) _pipe = Pipe.Create();
        readonly Spool _spool;
        readonly LogWriter _writer;
        readonly EntryFile _entry;
        readonly JsonLog _log;
        readonly StateDirectory _state;

        public Bench(string root, long maxSize, int maxFile)
        {
            _root = root;
            _state = new StateDirectory(root);
            _state.Create();
            _journal = new Journal(_state.Journal);
            // What a killed predecessor left in the pipe that the keeper holds.
            if (File.Exists(root + "/spooled"))
                Pipe.Write(_pipe.Write, File.ReadAllBytes(root + "/spooled"));
            _spool = new Spool(_pipe.Read, _pipe.Write);
            _writer = new LogWriter(_journal, _spool);
            var target = new LogTarget(root + "/log", maxSize, maxFile);
            _entry =
                EntryFile.Open(_state, 7) ?? EntryFile.Create(_state, new EntryRecord(7, "key", 1, 1, Now, new ProcessStdio(), target));
            _log = new JsonLog(target);
        }

        public void Spool(string text)
        {
            var (read, write) = Pipe.Create();
            using (read)
            using (write)
            {
                Pipe.Write(write, Encoding.UTF8.GetBytes(text));
                _writer.Begin(_log, _entry, 0);
                Assert.Equal(text.Length, _spool.Fill(read).Count);
            }
        }

        public void Write(Feeder feeder)
        {
            _writer.Begin(_log, _entry, 0);
            _spool.Fill(feeder.Fill());
            _writer.Copy(_log, _entry, DateTime.UtcNow);
        }

        public void Copy() => _writer.Copy(_log, _entry, Now);

        public void Write(string text)
        {
            Spool(text);
            Copy();
        }

        public void Flush() => _writer.Flush(_log, _entry, 0, Now);

        public void Recover(DateTime? now = null) => _writer.Recover(_log, _entry, now ?? Now);

        public string Snapshot(string to)
        {
            CopyState(_root, to);
            File.WriteAllBytes(to + "/spooled", _spool.From(0));
            return to;
        }

        public string[] Messages() =>
            [
                .. Directory
                    .GetFiles(_root, "log*")
                    .OrderByDescending(f => f.Length)
                    .ThenByDescending(f => f, StringComparer.Ordinal)
                    .SelectMany(File.ReadLines)
                    .Select(l => JsonDocument.Parse(l).RootElement.GetProperty("log").GetString()!),
            ];

        public void Dispose()
        {
            _log.Dispose();
            _entry.Dispose();
            _spool.Dispose();
            _pipe.Read.Dispose();
            _pipe.Write.Dispose();
            _journal.Dispose();
        }
    }
}
