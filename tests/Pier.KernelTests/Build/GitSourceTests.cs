using Pier.Build.Graph;
using Pier.Build.Sources;
using Pier.Model;

namespace Pier.KernelTests.Build;

/// <summary>Real repositories, a real git-daemon, the real git.</summary>
public sealed class GitSourceTests : IDisposable
{
    readonly GitServer _server = new();
    readonly string _target = Directory.CreateTempSubdirectory("pier-fetched-").FullName;
    readonly RemoteSources _sources = new();

    public void Dispose()
    {
        _server.Dispose();
        Directory.Delete(_target, recursive: true);
    }

    GitSource Source(string repository, string reference = "", string directory = "", bool keep = false, string? checksum = null) =>
        new()
        {
            Name = "git",
            Remote = repository.Contains(':') ? repository : _server.Address(repository),
            Reference = reference,
            Subdirectory = directory,
            KeepGitDirectory = keep,
            Checksum = checksum,
        };

    async Task<string> FetchAsync(GitSource source)
    {
        var commit = await _sources.ResolveAsync(source, default);
        await _sources.FetchAsync(source, commit, _target, default);
        return string.Join(
            ' ',
            Directory
                .EnumerateFiles(_target, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(_target, f))
                .Where(f => !f.StartsWith(".git/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
    }

    void MakeUsual() => _server.Make("r", [("a", "1"), ("sub/b", "2")], [("a", "3"), ("sub/deep/c", "4")]);

    [Fact]
    public async Task The_head_a_branch_a_tag_and_a_commit_are_found()
    {
        MakeUsual();
        var (head, first) = (_server.Git("r", "rev-parse", "HEAD"), _server.Git("r", "rev-parse", "HEAD~1"));
        _server.Git("r", "branch", "old", first);
        _server.Git("r", "tag", "--annotate", "--message", "x", "v1", first);
        Assert.Equal(head, await _sources.ResolveAsync(Source("r"), default));
        Assert.Equal(head, await _sources.ResolveAsync(Source("r", "main"), default));
        Assert.Equal(first, await _sources.ResolveAsync(Source("r", "old"), default));
        Assert.Equal(first, await _sources.ResolveAsync(Source("r", "v1"), default));
        Assert.Equal(first, await _sources.ResolveAsync(Source("r", "refs/heads/old"), default));
        Assert.Equal(first, await _sources.ResolveAsync(Source("r", first), default));
        var error = await Assert.ThrowsAsync<InvalidParameterException>(() => _sources.ResolveAsync(Source("r", "nothing"), default));
        Assert.EndsWith("does not contain ref nothing", error.Message);
    }

    [Fact]
    public async Task A_tree_is_fetched_without_its_git_directory()
    {
        MakeUsual();
        Assert.Equal("a sub/b sub/deep/c", await FetchAsync(Source("r")));
        Assert.Equal("3", File.ReadAllText(_target + "/a"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_target, ".*"));
        Assert.Equal(
            "644 755",
            $"{Convert.ToString((int)File.GetUnixFileMode(_target + "/a"), 8)} {Convert.ToString((int)File.GetUnixFileMode(_target + "/sub"), 8)}"
        );
    }

    [Fact]
    public async Task An_older_commit_is_fetched_though_the_server_gives_only_branches()
    {
        MakeUsual();
        Assert.Equal("a sub/b", await FetchAsync(Source("r", _server.Git("r", "rev-parse", "HEAD~1"))));
        Assert.Equal("1", File.ReadAllText(_target + "/a"));
    }

    [Fact]
    public async Task A_subdirectory_is_the_whole_tree()
    {
        MakeUsual();
        Assert.Equal("b deep/c", await FetchAsync(Source("r", "main", "sub")));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("a")]
    [InlineData("link")]
    [InlineData("link/etc")]
    [InlineData(".git")]
    public async Task A_subdirectory_is_reached_through_directories_alone(string directory)
    {
        MakeUsual();
        File.CreateSymbolicLink(_server.Root + "/r/link", "/");
        _server.Git("r", "add", "--all");
        _server.Git("r", "commit", "--quiet", "--message", "x");
        await Assert.ThrowsAsync<InvalidParameterException>(() => FetchAsync(Source("r", "", directory)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_target));
    }

    [Fact]
    public async Task The_git_directory_is_kept_where_it_is_wanted()
    {
        MakeUsual();
        await FetchAsync(Source("r", keep: true));
        Assert.Equal(_server.Git("r", "rev-parse", "HEAD"), File.ReadAllText(_target + "/.git/HEAD").Trim());
    }

    [Fact]
    public async Task The_checksum_must_be_the_commit()
    {
        MakeUsual();
        var head = _server.Git("r", "rev-parse", "HEAD");
        Assert.Equal(head, await _sources.ResolveAsync(Source("r", "main", checksum: head), default));
        await Assert.ThrowsAsync<InvalidParameterException>(() =>
            _sources.ResolveAsync(Source("r", "main", checksum: new string('0', 40)), default)
        );
    }

    [Fact]
    public async Task Submodules_come_along_from_allowed_places_only()
    {
        _server.Make("inner", [("i", "1")]);
        _server.Make("good", [("a", "1")]);
        _server.Git("good", "submodule", "--quiet", "add", "../inner", "module");
        _server.Git("good", "commit", "--quiet", "--message", "x");
        Assert.Equal(".gitmodules a module/i", await FetchAsync(Source("good")));
        Assert.False(File.Exists(_target + "/module/.git"));
    }

    [Theory]
    [InlineData("file:///")]
    [InlineData("/")]
    [InlineData("ext::sh -c touch% {0}/owned")]
    [InlineData("http://169.254.169.254/x.git")]
    [InlineData("--upload-pack=touch {0}/owned")]
    public async Task Submodules_from_elsewhere_are_refused(string address)
    {
        _server.Make("inner", [("i", "1")]);
        _server.Make("bad", [("a", "1")]);
        _server.Git("bad", "submodule", "--quiet", "add", "../inner", "module");
        var url =
            string.Format(System.Globalization.CultureInfo.InvariantCulture, address, _server.Root)
            + (address is "file:///" or "/" ? _server.Root.TrimStart('/') + "/inner" : "");
        File.WriteAllText(_server.Root + "/bad/.gitmodules", $"[submodule \"module\"]\n\tpath = module\n\turl = {url}\n");
        _server.Git("bad", "add", "--all");
        _server.Git("bad", "commit", "--quiet", "--message", "x");
        await Assert.ThrowsAnyAsync<EngineException>(() => FetchAsync(Source("bad")));
        Assert.False(File.Exists(_server.Root + "/owned"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_target));
    }

    [Theory]
    [InlineData("--upload-pack=touch /tmp/pier-owned", "")]
    [InlineData("ext::touch /tmp/pier-owned", "")]
    [InlineData("file:///etc", "")]
    [InlineData("/etc", "")]
    [InlineData("-x@host:path", "")]
    [InlineData("git@-oProxyCommand=touch:path", "")]
    [InlineData("ssh://-oProxyCommand=touch/path", "")]
    [InlineData("http://169.254.169.254/latest.git", "")]
    [InlineData("http://[fe80::1]/x.git", "")]
    [InlineData("http://[::ffff:169.254.169.254]/x.git", "")]
    [InlineData("r", "--upload-pack=touch")]
    [InlineData("r", "-f")]
    [InlineData("r", "a..b")]
    [InlineData("r", "a b")]
    [InlineData("r", "refs/*")]
    public async Task What_could_be_an_option_or_leads_inside_is_refused(string remote, string reference)
    {
        if (remote == "r")
            MakeUsual();
        await Assert.ThrowsAnyAsync<EngineException>(() =>
            _sources.ResolveAsync(Source(remote, reference), default).WaitAsync(TimeSpan.FromSeconds(20))
        );
        Assert.False(File.Exists("/tmp/pier-owned"));
    }

    [Fact]
    public async Task A_cancelled_fetch_leaves_nothing()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using var stop = new CancellationTokenSource(500);
        var source = Source($"git://127.0.0.1:{((System.Net.IPEndPoint)silent.LocalEndpoint).Port}/r");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _sources.FetchAsync(source, new string('a', 40), _target, stop.Token)
        );
        Assert.Empty(Directory.EnumerateFileSystemEntries(_target));
    }
}
