using Pier.Store.Executables;

namespace Pier.KernelTests.Store;

public sealed class InitFileTests : IDisposable
{
    readonly TestStore _test = TestStore.Open();

    [Fact]
    public void The_init_program_is_written_when_it_is_missing_or_wrong()
    {
        var path = _test.Store.EnsureInitFile();
        Assert.Equal(Path.Combine(_test.Root, "init"), path);
        Check();
        foreach (var damage in new[] { "rm $1", "echo x >> $1", ": > $1", "chmod 644 $1", "chmod 4755 $1", "rm $1; ln -s /bin/true $1" })
        {
            Shell.Run(damage, path);
            _test.Store.EnsureInitFile();
            Check();
        }
    }

    [Fact]
    public void A_program_that_is_right_is_left_alone()
    {
        var inode = Shell.Text("stat -c %i $1", _test.Store.EnsureInitFile());
        Assert.Equal(inode, Shell.Text("stat -c %i $1", _test.Store.EnsureInitFile()));
    }

    // A running container has the old file mounted and executes it.
    [Fact]
    public void A_program_in_use_can_be_replaced()
    {
        var path = _test.Store.EnsureInitFile();
        Shell.Run("cp /bin/sleep $1.sleep; mv $1.sleep $1; $1 30 >&- 2>&- & echo $! > $1.pid", path);
        try
        {
            _test.Store.EnsureInitFile();
            Check();
        }
        finally
        {
            Shell.Run("kill $(cat $1.pid); rm $1.pid", path);
        }
    }

    void Check()
    {
        var path = _test.Store.Layout.InitFile;
        Assert.Equal(InitProgram.Build(), File.ReadAllBytes(path));
        Assert.Equal("regular file 755", Shell.Text("stat -c '%F %a' $1", path).Trim());
        Assert.Empty(Directory.GetFiles(_test.Root, "*.tmp"));
    }

    public void Dispose() => _test.Dispose();
}
