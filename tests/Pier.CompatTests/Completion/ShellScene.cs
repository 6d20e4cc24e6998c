namespace Pier.CompatTests.Completion;

/// <summary>A daemon with a container "shell-created", a directory with a file, and one with the program under its name.</summary>
public sealed class ShellScene : IAsyncLifetime
{
    readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pier-shells-");

    public PierDaemon Daemon { get; } = new();

    public string Work => Path.Combine(_root.FullName, "work");

    public string Programs => Path.Combine(_root.FullName, "bin");

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Work);
        Directory.CreateDirectory(Programs);
        File.WriteAllText(Path.Combine(Work, "some-file.tar"), "");
        File.CreateSymbolicLink(Path.Combine(Programs, "pier"), PierDaemon.Binary);
        await Daemon.InitializeAsync();
        var made = await new Client("pier", Daemon).RunAsync("create", "--name", "shell-created", "--network", "none", "busybox", "true");
        Assert.Equal(0, made.Code);
    }

    public async Task DisposeAsync()
    {
        await Daemon.DisposeAsync();
        _root.Delete(recursive: true);
    }
}
