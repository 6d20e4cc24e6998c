using System.Text;
using Pier.Linux.Files;
using Pier.Store;
using Pier.Store.Tar;

namespace Pier.UnitTests.Store;

public class TarTests
{
    static readonly TarEntry Plain = new()
    {
        Name = "f",
        Kind = TarKind.Regular,
        Mode = 0x1A4,
    };

    [Fact]
    public void What_is_written_is_read_again()
    {
        TarEntry[] entries =
        [
            Plain with
            {
                Name = "short",
                Size = 3,
                Uid = 1000,
                Gid = 100,
                Modified = new FileTime(1_700_000_000, 0),
            },
            Plain with
            {
                Name = string.Concat(Enumerable.Repeat("long/", 60)) + "näme",
                Size = 0,
                Modified = new FileTime(5, 123_000_000),
            },
            Plain with
            {
                Name = "raw\uDCFF",
                Size = 513,
                Uid = 4_000_000_000,
                Modified = new FileTime(-2, 500_000_000),
            },
            Plain with
            {
                Name = "dir/",
                Kind = TarKind.Directory,
                Mode = 0x3FF,
            },
            Plain with
            {
                Name = "link",
                Kind = TarKind.Symlink,
                LinkName = new string('t', 150),
            },
            Plain with
            {
                Name = "hard",
                Kind = TarKind.HardLink,
                LinkName = "short",
            },
            Plain with
            {
                Name = "dev",
                Kind = TarKind.BlockDevice,
                DeviceMajor = 8,
                DeviceMinor = 17,
            },
            Plain with
            {
                Name = "pipe",
                Kind = TarKind.Fifo,
            },
        ];
        var reader = new TarReader(new MemoryStream(Write(entries)));
        foreach (var entry in entries)
        {
            Assert.Equal(entry, reader.Next());
            if (entry.Kind == TarKind.Regular)
                Assert.Equal(entry.Size, ReadAll(reader).Length);
        }
        Assert.Null(reader.Next());
    }

    [Fact]
    public void Binary_attributes_survive()
    {
        var value = new byte[] { 0, 255, 10, 61, 0 };
        var tar = Write([
            Plain with
            {
                Xattrs = new Dictionary<string, byte[]> { ["security.capability"] = value, ["user.a=b"] = [] },
            },
        ]);
        var xattrs = new TarReader(new MemoryStream(tar)).Next()!.Xattrs!;
        Assert.Equal(value, xattrs["security.capability"]);
    }

    [Fact]
    public void Two_tars_of_the_same_entries_are_equal() =>
        Assert.Equal(Write([Plain with { Size = 10 }]), Write([Plain with { Size = 10 }]));

    [Fact]
    public void Unread_data_is_skipped()
    {
        var reader = new TarReader(new MemoryStream(Write([Plain with { Name = "a", Size = 5000 }, Plain with { Name = "b", Size = 1 }])));
        Assert.Equal("a", reader.Next()!.Name);
        Assert.Equal("b", reader.Next()!.Name);
    }

    [Fact]
    public void The_framework_reads_what_is_written()
    {
        using var reader = new System.Formats.Tar.TarReader(
            new MemoryStream(Write([Plain with { Name = new string('n', 200), Size = 7, Modified = new FileTime(10, 0) }]))
        );
        var entry = reader.GetNextEntry()!;
        Assert.Equal((new string('n', 200), 7L), (entry.Name, entry.Length));
    }

    [Fact]
    public void A_changed_header_fails_its_checksum()
    {
        var tar = Write([Plain]);
        tar[0] ^= 1;
        Assert.Equal(
            "archive/tar: invalid tar header",
            Assert.Throws<CorruptException>(() => new TarReader(new MemoryStream(tar)).Next()).Message
        );
    }

    [Fact]
    public void Cut_off_anywhere_it_is_unexpected_eof_or_the_end()
    {
        var tar = Write([Plain with { Name = new string('n', 200), Size = 700 }]);
        for (var length = 1; length < tar.Length - 1024; length += 61)
        {
            var reader = new TarReader(new MemoryStream(tar[..length]));
            Assert.Throws<TruncatedException>(() =>
            {
                while (reader.Next() is not null)
                    ReadAll(reader);
            });
        }
    }

    [Theory]
    [InlineData((byte)'x', 2 << 20)]
    [InlineData((byte)'L', 2 << 20)]
    [InlineData((byte)'K', 1L << 32)]
    public void Header_bombs_are_refused_before_they_are_read(byte type, long length)
    {
        var header = Header(type, length);
        Assert.Throws<CorruptException>(() => new TarReader(new MemoryStream(header)).Next());
    }

    [Theory]
    [InlineData("99999999 path=x\n")]
    [InlineData("5 a=b\n")]
    [InlineData("x path=y\n")]
    [InlineData("12 path=abc\n trailing")]
    [InlineData("-1 path=x\n")]
    [InlineData("11 path=a\0\n")]
    [InlineData("18 mtime=99x999999\n")]
    public void Broken_pax_records_are_refused(string records)
    {
        var data = Encoding.ASCII.GetBytes(records);
        var tar = new byte[3 * 512];
        Header((byte)'x', data.Length).CopyTo(tar, 0);
        data.CopyTo(tar, 512);
        Header((byte)'0', 0).CopyTo(tar, 1024);
        Assert.Throws<CorruptException>(() => new TarReader(new MemoryStream(tar)).Next());
    }

    [Fact]
    public void Numbers_in_base_256_are_read()
    {
        var block = Header((byte)'0', 0);
        ((byte[])[0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]).CopyTo(block, 124);
        Seal(block);
        Assert.Equal(1L << 32, new TarReader(new MemoryStream(block)).Next()!.Size);
        ((byte[])[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE]).CopyTo(block, 124);
        Seal(block);
        Assert.Throws<CorruptException>(() => new TarReader(new MemoryStream(block)).Next());
    }

    [Fact]
    public void Random_damage_gives_errors_of_ours_only()
    {
        var tar = Write([
            Plain with
            {
                Name = new string('n', 200),
                Size = 700,
            },
            Plain with
            {
                Kind = TarKind.Directory,
            },
            Plain with
            {
                Size = 20,
                Xattrs = new Dictionary<string, byte[]> { ["user.x"] = [1] },
            },
        ]);
        var random = new Random(1);
        for (var round = 0; round < 3000; round++)
        {
            var damaged = (byte[])tar.Clone();
            for (var i = 0; i < 3; i++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            for (var at = 0; at + 512 <= damaged.Length; at += 512)
                if (round % 2 == 0 && damaged.AsSpan(at + 257, 5).SequenceEqual("ustar"u8))
                    Seal(damaged.AsSpan(at, 512));
            var reader = new TarReader(new MemoryStream(damaged));
            try
            {
                while (reader.Next() is not null)
                    ReadAll(reader);
            }
            catch (IOException e) when (e is CorruptException or TruncatedException) { }
        }
    }

    static byte[] Write(IEnumerable<TarEntry> entries)
    {
        var bytes = new MemoryStream();
        var writer = new TarWriter(bytes);
        foreach (var entry in entries)
            writer.Write(entry, new MemoryStream(new byte[entry.Size]));
        writer.Finish();
        return bytes.ToArray();
    }

    static byte[] ReadAll(TarReader reader)
    {
        var data = new MemoryStream();
        var buffer = new byte[100];
        for (int read; (read = reader.Read(buffer)) > 0; )
            data.Write(buffer, 0, read);
        return data.ToArray();
    }

    static byte[] Header(byte type, long length)
    {
        var block = Write([Plain])[..512];
        block[156] = type;
        Encoding.ASCII.GetBytes(Convert.ToString(length, 8).PadLeft(11, '0')).CopyTo(block, 124);
        Seal(block);
        return block;
    }

    static void Seal(Span<byte> block)
    {
        block.Slice(148, 8).Fill((byte)' ');
        long sum = 0;
        foreach (var b in block)
            sum += b;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(block.Slice(148, 8));
    }
}
