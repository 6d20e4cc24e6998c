using Pier.Api.Http;
using Pier.Api.Streams;
using Pier.Engine.Containers;

namespace Pier.Api.Containers;

/// <summary>POST /containers/{name}/attach.</summary>
static class Attach
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var query = request.Query;
        var asked = new AttachRequest(
            query.Flag("stdin"),
            query.Flag("stdout"),
            query.Flag("stderr"),
            query.Flag("logs"),
            query.Flag("stream"),
            query.Text("detachKeys")
        );
        var takeover = await Hijack.ClaimAsync(request);
        var session = await request.Engine.Containers.AttachAsync(request.Name, asked, request.Aborted);
        await Hijack.AnswerAsync(request, takeover, session.Tty);
        await Hijack.RunAsync(request, takeover, session);
    }
}
