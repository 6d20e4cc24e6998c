using Microsoft.AspNetCore.Http;
using Pier.Api.Http;

namespace Pier.Api.Networks;

/// <summary>DELETE /networks/{name}.</summary>
static class Remove
{
    public static async Task HandleAsync(ApiRequest request)
    {
        await request.Engine.Networks.RemoveAsync(request.Name, request.Aborted);
        await request.AnswerAsync(StatusCodes.Status204NoContent);
    }
}
