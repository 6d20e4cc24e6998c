using System.Text;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Engine.Builds;

/// <summary>What a build does before it has a graph, told as vertices of its own, as BuildKit does: "[internal] load .dockerignore".</summary>
static class InternalSteps
{
    public static async Task<T> TellAsync<T>(BuildRequest request, string name, Func<Action<string, long>, Task<T>> work)
    {
        var started = DateTimeOffset.UtcNow;
        var step = new VertexEvent { Vertex = Digest.Of(Encoding.UTF8.GetBytes(name)), Time = started, Name = "[internal] " + name, Inputs = [], Started = started };
        request.Progress(step);
        VertexStatusEvent? counter = null;
        try
        {
            var result = await work((id, current) => request.Progress(counter = new VertexStatusEvent
            {
                Vertex = step.Vertex,
                Time = DateTimeOffset.UtcNow,
                Id = id,
                Current = current,
                Started = started,
            })).ConfigureAwait(false);
            if (counter is not null) request.Progress(counter with { Time = DateTimeOffset.UtcNow, Completed = DateTimeOffset.UtcNow });
            request.Progress(step with { Time = DateTimeOffset.UtcNow, Completed = DateTimeOffset.UtcNow });
            return result;
        }
        catch (Exception e)
        {
            request.Progress(step with { Time = DateTimeOffset.UtcNow, Completed = DateTimeOffset.UtcNow, Error = e.Message });
            throw;
        }
    }
}
