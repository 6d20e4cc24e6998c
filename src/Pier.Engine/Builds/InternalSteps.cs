using System.Text;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.Engine.Builds;

/// <summary>
/// What a build does before it has a graph, told as vertices of its own, as BuildKit does: "[internal] load .dockerignore".
/// </summary>
static class InternalSteps
{
    public static Task<T> TellAsync<T>(BuildRequest request, string name, Func<Action<string, long>, Task<T>> work) =>
        TellAllAsync(request, "[internal] " + name, work);

    /// <summary>The same under a name of its own. The work tells what it does, one thing after the other, and how far it is.</summary>
    public static async Task<T> TellAllAsync<T>(BuildRequest request, string name, Func<Action<string, long>, Task<T>> work)
    {
        var started = DateTimeOffset.UtcNow;
        var step = new VertexEvent
        {
            Vertex = Digest.Of(Encoding.UTF8.GetBytes(name)),
            Time = started,
            Name = name,
            Inputs = [],
            Started = started,
        };
        request.Progress(step);
        VertexStatusEvent? counter = null;
        try
        {
            void Finish()
            {
                if (counter is not null)
                    request.Progress(counter with { Time = DateTimeOffset.UtcNow, Completed = DateTimeOffset.UtcNow });
            }
            var result = await work(
                    (id, current) =>
                    {
                        if (counter?.Id != id)
                            Finish();
                        var since = counter?.Id == id ? counter.Started : DateTimeOffset.UtcNow;
                        request.Progress(
                            counter = new VertexStatusEvent
                            {
                                Vertex = step.Vertex,
                                Time = DateTimeOffset.UtcNow,
                                Id = id,
                                Current = current,
                                Started = since,
                            }
                        );
                    }
                )
                .ConfigureAwait(false);
            Finish();
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
