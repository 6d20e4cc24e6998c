using Pier.Linux;
using Pier.Linux.Files;
using Pier.Model;
using Pier.Store.Trees;

namespace Pier.KernelTests.Store;

/// <summary>
/// Copies into and out of a tree whose owner swaps names meanwhile (attack cases 21 and 23, CVE-2018-15664): nothing beside the tree is
/// read or changed.
/// </summary>
public sealed class CopyAttackTests : IDisposable
{
    readonly string _base = TestStore.NewDirectory();

    string Host => Path.Combine(_base, "host");
    string Inside => Path.Combine(_base, "root");

    public CopyAttackTests()
    {
        Directory.CreateDirectory(Host);
        Directory.CreateDirectory(Inside);
        File.WriteAllText(Path.Combine(Host, "secret"), "HOST-SECRET");
        File.SetUnixFileMode(Path.Combine(Host, "secret"), UnixFileMode.UserRead);
        File.SetUnixFileMode(Host, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => Shell.Run("rm -rf $1", _base);

    RootTree Tree() => new(At.Open(At.WorkingDirectory, Inside, OpenFlags.Directory));

    /// <summary>Swaps a directory of the tree for a link out, as fast as it can, while something else happens.</summary>
    void WhileSwapping(string name, string target, Action action, TimeSpan time)
    {
        using var root = At.Open(At.WorkingDirectory, Inside, OpenFlags.Directory);
        At.Symlink(target, root, name + ".link");
        using var stop = new CancellationTokenSource(time);
        var swapper = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    At.Rename(root, name, root, name + ".link", RenameFlags.Exchange);
                }
                catch (LinuxException e) when (e.Errno == Errno.ENOENT)
                {
                    // What is copied in replaces the link; for a moment there is neither.
                }
            }
        });
        swapper.Start();
        try
        {
            while (!stop.IsCancellationRequested)
                action();
        }
        finally
        {
            stop.Cancel();
            swapper.Join();
        }
    }

    void HostIsAsItWas()
    {
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(Host).Select(Path.GetFileName));
        Assert.Equal("HOST-SECRET", File.ReadAllText(Path.Combine(Host, "secret")));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(Path.Combine(Host, "secret")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Host));
    }

    [Fact]
    public void Copying_out_reads_nothing_of_the_host()
    {
        Shell.Run("mkdir $1/d; echo mine > $1/d/secret", Inside);
        using var tree = Tree();
        var copies = 0;
        WhileSwapping(
            "d",
            Host,
            () =>
            {
                foreach (var path in new[] { "/d/secret", "/d", "/d/", "/" })
                {
                    var tar = new MemoryStream();
                    try
                    {
                        tree.CopyOut(path, tar, CancellationToken.None);
                        copies++;
                    }
                    catch (Exception e) when (e is NotFoundException or InvalidParameterException)
                    {
                        // It looked while the link was there.
                    }
                    Assert.False(tar.ToArray().AsSpan().IndexOf("HOST-SECRET"u8) >= 0);
                }
            },
            TimeSpan.FromSeconds(1)
        );
        Assert.True(copies > 0);
        HostIsAsItWas();
    }

    [Fact]
    public void Copying_in_changes_nothing_of_the_host()
    {
        Shell.Run("mkdir $1/d", Inside);
        using var tree = Tree();
        var tar = new TarBuilder()
            .Directory("d", 0x1FF)
            .File("d/secret", "overwritten", 0x1FF, uid: 9)
            .Directory("d/made", 0x1FF)
            .File("d/new/deep", "x")
            .Build();
        WhileSwapping(
            "d",
            Host,
            () =>
            {
                foreach (var keep in new[] { true, false })
                {
                    try
                    {
                        tree.CopyIn("/", new MemoryStream(tar), new CopyInOptions(keep), CancellationToken.None);
                    }
                    catch (EngineException)
                    {
                        // It met the link: refused.
                    }
                }
                if (!Directory.Exists(Path.Combine(Inside, "d")))
                    Shell.Run("rm -rf $1/d; mkdir $1/d", Inside);
            },
            TimeSpan.FromSeconds(1)
        );
        HostIsAsItWas();
    }

    [Fact]
    public void Modes_of_a_swapped_file_do_not_reach_the_host()
    {
        File.WriteAllText(Path.Combine(Inside, "f"), "");
        using var root = At.Open(At.WorkingDirectory, Inside, OpenFlags.Directory);
        using var tree = Tree();
        var tar = new TarBuilder().File("f", "", 0x9FF).Directory("e", 0x1FF).Build();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var attacker = new Thread(() =>
        {
            // Whatever is made under the name becomes a link at once.
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                foreach (var name in new[] { "f", "e" })
                {
                    At.Symlink(Path.Combine(Host, "secret"), root, $"l{name}");
                    try
                    {
                        At.Rename(root, $"l{name}", root, name);
                    }
                    catch (LinuxException)
                    {
                        At.Unlink(root, $"l{name}");
                        At.TryRemove(root, name, isDirectory: true);
                    }
                }
            }
        });
        attacker.Start();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                tree.CopyIn("/", new MemoryStream(tar), new CopyInOptions(KeepKinds: false), CancellationToken.None);
            }
            catch (EngineException)
            {
                // The name came back between two calls.
            }
        }
        attacker.Join();
        HostIsAsItWas();
    }

    [Fact]
    public void Links_of_the_tree_lead_inside_it()
    {
        Shell.Run("mkdir -p $1$2; ln -s $2 $1/out; ln -s ../../../../../../..$2 $1/up", Inside, Host);
        using var tree = Tree();
        foreach (var path in new[] { "/out", "/up", "out/.", "/up/" })
            tree.CopyIn(
                path,
                new MemoryStream(new TarBuilder().File("secret", "mine").File("more").Build()),
                new CopyInOptions(true),
                CancellationToken.None
            );
        HostIsAsItWas();
        Assert.Equal("mine", File.ReadAllText(Inside + Host + "/secret"));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/../../evil")]
    public void Names_that_climb_out_are_refused(string name)
    {
        using var tree = Tree();
        Shell.Run("mkdir $1/d", Inside);
        Assert.Throws<InvalidParameterException>(() =>
            tree.CopyIn("/d", new MemoryStream(new TarBuilder().File(name).Build()), new CopyInOptions(true), CancellationToken.None)
        );
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Inside, "d")));
    }

    [Fact]
    public void Magic_links_are_not_followed()
    {
        Shell.Run("ln -s /proc/self/root $1/r; mkdir $1/proc; mount -t proc proc $1/proc", Inside);
        try
        {
            using var tree = Tree();
            Assert.Throws<InvalidParameterException>(() =>
                tree.CopyOut($"/proc/self/root{Host}/secret", new MemoryStream(), CancellationToken.None)
            );
            Assert.Throws<InvalidParameterException>(() => tree.CopyOut($"/r{Host}/secret", new MemoryStream(), CancellationToken.None));
            var whole = new MemoryStream();
            tree.CopyOut("/", whole, CancellationToken.None);
            Assert.True(whole.Length < 10_000, "what the kernel makes up is left out");
        }
        finally
        {
            Shell.Run("umount $1/proc", Inside);
        }
    }

    [Fact]
    public void Pipes_and_devices_are_copied_and_never_opened()
    {
        Shell.Run("cd $1; mkfifo pipe; mknod tape c 9 200; mkdir d; mkfifo d/pipe", Inside);
        using var tree = Tree();
        var tar = new MemoryStream();
        tree.CopyOut("/", tar, CancellationToken.None);
        tree.CopyOut("/pipe", tar, CancellationToken.None);
        tree.CopyOut("/tape", tar, CancellationToken.None);
    }

    [Fact]
    public void A_file_that_shrinks_keeps_the_archive_whole()
    {
        File.WriteAllBytes(Path.Combine(Inside, "f"), new byte[8 << 20]);
        using var tree = Tree();
        var tar = new ShrinkingStream(() => File.WriteAllText(Path.Combine(Inside, "f"), "short"));
        tree.CopyOut("/f", tar, CancellationToken.None);
        tar.Position = 0;
        var reader = new Pier.Store.Tar.TarReader(tar);
        Assert.Equal(8 << 20, reader.Next()!.Size);
        Assert.Null(reader.Next());
    }

    /// <summary>Does something at its first write.</summary>
    sealed class ShrinkingStream(Action first) : MemoryStream
    {
        bool _done;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_done)
                first();
            _done = true;
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
