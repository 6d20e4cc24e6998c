using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Images;
using Pier.Model;

namespace Pier.Api.Images;

/// <summary>A transfer's progress as Docker's lines of JSON. What fails before the first line is still an ordinary error.</summary>
static class ProgressLines
{
    public static async Task SendAsync(ApiRequest request, Func<Func<ImageProgress, ValueTask>, Task> transfer)
    {
        try
        {
            await transfer(async step =>
            {
                if (!request.Http.Response.HasStarted)
                    await request.StartAsync("application/json");
                await request.SendLineAsync(Message(step), ContractsJson.Wire.ProgressMessage);
            });
        }
        catch (EngineException e) when (request.Http.Response.HasStarted)
        {
            await request.SendLineAsync(ProgressMessage.Failure(e.Message), ContractsJson.Wire.ProgressMessage);
        }
    }

    /// <summary>One step as a line.</summary>
    public static ProgressMessage Message(ImageProgress step) =>
        new()
        {
            Id = step.Id,
            Status = step.Status,
            ProgressDetail = step.Id is null ? null : new ProgressDetail { Current = step.Current, Total = step.Total },
        };
}
