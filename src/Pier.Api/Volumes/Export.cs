using Pier.Api.Http;

namespace Pier.Api.Volumes;

/// <summary>GET /pier/volumes/{name}/export: the volume's content as a tar. Pier's own; Docker has no such call.</summary>
static class Export
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var volume = await request.Engine.Volumes.InspectAsync(request.Name, request.Aborted);
        await request.StartAsync("application/x-tar");
        await using var body = new BufferedStream(request.Http.Response.BodyWriter.AsStream(leaveOpen: true), 256 << 10);
        await request.Engine.Volumes.ExportAsync(volume.Record.Name, body, request.Aborted);
    }
}
