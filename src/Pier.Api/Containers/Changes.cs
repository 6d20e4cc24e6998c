using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Containers;

/// <summary>GET /containers/{name}/changes.</summary>
static class Changes
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var changes = await request.Engine.Containers.ChangesAsync(request.Name, request.Aborted);
        var rows = changes.Select(c => new FilesystemChange(c.Path, (int)c.Kind)).ToArray();
        // A list that is empty is null in Go's JSON.
        await request.AnswerAsync(rows.Length == 0 ? null! : rows, ContractsJson.Wire.FilesystemChangeArray);
    }
}
