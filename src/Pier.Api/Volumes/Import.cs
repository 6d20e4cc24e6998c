using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Volumes;

/// <summary>
/// POST /pier/volumes/{name}/import: a tar as the body, unpacked over the volume's content; a missing volume is made. Pier's own.
/// </summary>
static class Import
{
    public static async Task HandleAsync(ApiRequest request)
    {
        using var body = request.OpenBody();
        var made = await request.Engine.Volumes.ImportAsync(request.Name, body, request.Aborted);
        await request.AnswerAsync(VolumeShapes.Resource(made), ContractsJson.Wire.VolumeResource);
    }
}
