using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Events;
using Pier.Model;

namespace Pier.Api.Host;

/// <summary>GET /events: a stream of JSON lines.</summary>
static class Events
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var (since, until) = (request.Query.Time("since"), request.Query.Time("until"));
        if (since is { } from && until is { } to && to < from)
            throw new InvalidParameterException(
                $"`since` time ({request.Query.Text("since")}) cannot be after `until` time ({request.Query.Text("until")})"
            );
        var events = request.Engine.Events.Subscribe(new EventsQuery(since, until, request.Query.Filters().Values), request.Aborted);
        await request.StartAsync("application/json");
        await foreach (var occurrence in events)
            await request.SendLineAsync(Message(occurrence), ContractsJson.Wire.EventMessage);
    }

    static EventMessage Message(EngineEvent occurrence)
    {
        // The old shape's fields stand beside the new ones for containers and images, as in Docker.
        var old = occurrence.Type is "container" or "image";
        return new EventMessage
        {
            Status = old ? occurrence.Action : null,
            Id = old ? occurrence.ActorId : null,
            From = occurrence.Type == "container" ? occurrence.Attributes.GetValueOrDefault("image") : null,
            Type = occurrence.Type,
            Action = occurrence.Action,
            Actor = new EventActor(occurrence.ActorId, occurrence.Attributes),
            Time = occurrence.Time.ToUnixTimeSeconds(),
            TimeNano = occurrence.TimeNanoseconds,
        };
    }
}
