using Pier.Distribution;
using Pier.Distribution.Pull;
using Pier.KernelTests.Registry;
using Pier.Model;
using Pier.Store;
using Pier.Store.Checking;

namespace Pier.KernelTests.Distribution;

/// <summary>
/// Pulls, loads, removals and an endless collection beside each other: nothing that is needed goes, and nothing else stays.
/// </summary>
public sealed class CollectRaceTests : IAsyncLifetime
{
    static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    readonly string _root = Directory.CreateTempSubdirectory("pier-race-").FullName;
    readonly MemoryContent _source = new();
    readonly RegistryClient _client = new();
    PierRegistry? _registry;

    public async Task InitializeAsync()
    {
        _registry = await PierRegistry.StartAsync();
        // Images that share their lower layers.
        var below = Enumerable.Range(0, 3).Select(i => new Store.TarBuilder().File($"base{i}", new string('x', 50_000)).Build()).ToArray();
        for (var i = 0; i < 3; i++)
            await _client.PushAsync(
                Name(i),
                _source.AddLayered([.. below[..(i + 1)], new Store.TarBuilder().File($"own{i}").Build()]),
                _source
            );
    }

    ImageReference Name(int i) => ImageReference.Parse($"{_registry!.Address}/app{i}:1");

    [Theory]
    [InlineData("overlay")]
    [InlineData("vfs")]
    public async Task What_is_being_pulled_is_not_collected(string driver)
    {
        using (var store = StoreRoot.Open(_root, driver))
        using (var transfers = new BlobTransfers())
        {
            using var end = new CancellationTokenSource(Time);
            var rounds = 0;
            var pulls = Enumerable
                .Range(0, 6)
                .Select(worker =>
                    Task.Run(async () =>
                    {
                        while (!end.IsCancellationRequested)
                        {
                            try
                            {
                                await PullAsync(store, transfers, worker % 3);
                            }
                            catch (NotFoundException e) when (e.Message.StartsWith("No such image", StringComparison.Ordinal))
                            {
                                // It was whole and had its name; the other worker of this image removed it at once.
                            }
                            if (worker % 2 == 0)
                                Remove(store, worker % 3);
                            Interlocked.Increment(ref rounds);
                        }
                    })
                );
            var archive = Store.Archives.DockerSave("loaded:1", new Store.TarBuilder().File("base0", new string('x', 50_000)).Build());
            var loads = Task.Run(() =>
            {
                while (!end.IsCancellationRequested)
                    store.Images.Load(new MemoryStream(archive));
            });
            var collects = Task.Run(() =>
            {
                while (!end.IsCancellationRequested)
                    store.Images.Collect();
            });
            await Task.WhenAll([.. pulls, loads, collects]);
            Assert.True(rounds >= 6, $"{rounds} pulls");
            for (var i = 0; i < 3; i++)
                await PullAsync(store, transfers, i);
            for (var i = 0; i < 3; i++)
            {
                var image = store.Images.Resolve(Name(i).Familiar);
                store.Snapshots.Prepare($"c{i}", image.ChainId);
                using (var root = store.Snapshots.Mount($"c{i}"))
                    Assert.NotNull(Pier.Linux.Files.FileStat.Find(root, $"own{i}"));
                store.Snapshots.Remove($"c{i}");
            }
            store.Images.Collect();
            store.DrainTrash();
        }
        using var check = StoreCheck.Open(_root);
        Assert.Empty(check.Verify());
    }

    async Task PullAsync(StoreRoot store, BlobTransfers transfers, int i)
    {
        using var target = new StorePullTarget(store, transfers);
        target.Name(await _client.PullAsync(Name(i), target), Name(i), CancellationToken.None);
    }

    void Remove(StoreRoot store, int i)
    {
        try
        {
            store.Images.Remove(Name(i).Familiar, force: true, prune: true, _ => []);
        }
        catch (NotFoundException)
        {
            // The other worker of this image was first.
        }
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _registry!.DisposeAsync();
        Store.Shell.Run("rm -rf $1", _root);
    }
}
