using Pier.Api.BuildKit.Jobs;
using Pier.Contracts.BuildKit.Control;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.UnitTests.Api;

/// <summary>What is remembered of builds: the last ones, how they ended, and what their steps wrote, within bounds.</summary>
public sealed class BuildHistoryTests
{
    readonly BuildHistory _history = new();

    [Fact]
    public async Task A_build_is_told_while_it_runs_and_when_it_ended()
    {
        var going = new TaskCompletionSource<IReadOnlyDictionary<string, string>>();
        var running = _history.RecordAsync(new SolveRequest { Ref = "one" }, new BuildJob(), () => going.Task);
        _history.Describe("one", "dockerfile.v0", new Dictionary<string, string> { ["target"] = "app" });
        var started = Assert.Single(await ListAsync());
        Assert.Equal((BuildHistoryEventType.Started, "app"), (started.Type, started.Record.FrontendAttrs["target"]));
        Assert.Throws<ConflictException>(() => _history.Update(new UpdateBuildHistoryRequest { Ref = "one", Delete = true }));
        going.SetException(new NotFoundException("no such image"));
        await Assert.ThrowsAsync<NotFoundException>(() => running);
        var ended = Assert.Single(await ListAsync());
        Assert.Equal((BuildHistoryEventType.Complete, "no such image"), (ended.Type, ended.Record.Error.Message));
        _history.Update(new UpdateBuildHistoryRequest { Ref = "one", Delete = true });
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task What_is_internal_is_no_history()
    {
        await _history.RecordAsync(new SolveRequest { Ref = "asking", Internal = true }, new BuildJob(), Nothing);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task The_oldest_goes_unless_it_is_pinned()
    {
        await BuildAsync("first", 0);
        await BuildAsync("second", 0);
        _history.Update(new UpdateBuildHistoryRequest { Ref = "first", Pinned = true });
        for (var i = 0; i < 49; i++)
            await BuildAsync($"more-{i}", 0);
        var refs = (await ListAsync()).Select(e => e.Record.Ref).ToArray();
        Assert.Equal(50, refs.Length);
        Assert.Equal(("more-48", "first"), (refs[0], refs[^1]));
        Assert.DoesNotContain("second", refs);
    }

    [Fact]
    public async Task Logs_that_take_too_much_are_dropped_and_their_records_stay()
    {
        await BuildAsync("old", 5 << 20);
        await BuildAsync("new", 5 << 20);
        Assert.Null(_history.Job("old"));
        Assert.NotNull(_history.Job("new"));
        Assert.Equal(2, (await ListAsync()).Count);
    }

    Task BuildAsync(string name, int log)
    {
        var job = new BuildJob();
        job.Tell(
            new VertexLogEvent
            {
                Vertex = Digest.Of("step"u8),
                Time = DateTimeOffset.UnixEpoch,
                Stream = 1,
                Data = new byte[log],
            }
        );
        return _history.RecordAsync(new SolveRequest { Ref = name }, job, Nothing);
    }

    static Task<IReadOnlyDictionary<string, string>> Nothing() =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());

    async Task<List<BuildHistoryEvent>> ListAsync()
    {
        var events = new List<BuildHistoryEvent>();
        await foreach (var happened in _history.ListenAsync(new BuildHistoryRequest { EarlyExit = true }, CancellationToken.None))
            events.Add(happened);
        return events;
    }
}
