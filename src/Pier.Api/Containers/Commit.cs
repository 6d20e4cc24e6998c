using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Containers;

namespace Pier.Api.Containers;

/// <summary>POST /commit.</summary>
static class Commit
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var query = request.Query;
        var config = await JsonBody.ReadOptionalAsync(request, ContractsJson.Wire.ContainerConfig);
        var changes = query.All("changes").Where(c => !string.IsNullOrEmpty(c)).Select(c => c!).ToArray();
        var asked = new CommitContainer(
            query.Text("repo"),
            query.Text("tag"),
            query.Text("author") ?? "",
            query.Text("comment") ?? "",
            query.Flag("pause", missing: true),
            config,
            changes
        );
        var id = await request.Engine.Containers.CommitAsync(query.Text("container") ?? "", asked, request.Aborted);
        await request.AnswerAsync(StatusCodes.Status201Created, new IdResponse(id), ContractsJson.Wire.IdResponse);
    }
}
