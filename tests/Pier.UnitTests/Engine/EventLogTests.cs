using Pier.Engine.Events;

namespace Pier.UnitTests.Engine;

public class EventLogTests
{
    static readonly Dictionary<string, IReadOnlyList<string>> NoFilters = [];

    static async Task<List<string>> Collect(IAsyncEnumerable<EngineEvent> events, int count)
    {
        var result = new List<string>();
        await foreach (var entry in events)
        {
            result.Add($"{entry.Type}:{entry.Action}:{entry.ActorId}");
            if (result.Count == count)
                break;
        }
        return result;
    }

    [Fact]
    public async Task A_subscriber_sees_what_comes_after_it_subscribed()
    {
        var log = new EventLog(TimeProvider.System);
        log.Publish("container", "create", "a", new Dictionary<string, string>());
        var events = log.Subscribe(new EventsQuery(null, null, NoFilters), CancellationToken.None);
        log.Publish("container", "start", "a", new Dictionary<string, string>());
        Assert.Equal(["container:start:a"], await Collect(events, 1));
    }

    [Fact]
    public async Task Since_replays_and_until_ends()
    {
        var log = new EventLog(TimeProvider.System);
        log.Publish("container", "create", "a", new Dictionary<string, string>());
        var until = (DateTimeOffset.UtcNow.AddMilliseconds(50) - DateTimeOffset.UnixEpoch).Ticks * 100;
        Assert.Equal(["container:create:a"], await Collect(log.Subscribe(new EventsQuery(0, until, NoFilters), CancellationToken.None), 5));
    }

    [Theory]
    [InlineData("type", "container", true)]
    [InlineData("type", "image", false)]
    [InlineData("event", "exec_create", true)]
    [InlineData("event", "exec", false)]
    [InlineData("container", "web", true)]
    [InlineData("container", "abc", true)]
    [InlineData("container", "we", false)]
    [InlineData("label", "tier", true)]
    [InlineData("label", "tier=front", true)]
    [InlineData("label", "tier=back", false)]
    [InlineData("image", "nginx", true)]
    public async Task Filters(string key, string value, bool matches)
    {
        var log = new EventLog(TimeProvider.System);
        log.Publish(
            "container",
            "exec_create: sh",
            "abcdef",
            new Dictionary<string, string>
            {
                ["name"] = "web",
                ["tier"] = "front",
                ["image"] = "nginx",
            }
        );
        var query = new EventsQuery(
            0,
            1 + (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100,
            new Dictionary<string, IReadOnlyList<string>> { [key] = [value] }
        );
        Assert.Equal(matches ? 1 : 0, (await Collect(log.Subscribe(query, CancellationToken.None), 5)).Count);
    }
}
