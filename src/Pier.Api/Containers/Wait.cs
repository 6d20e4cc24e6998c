using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.Api.Containers;

/// <summary>
/// POST /containers/{name}/wait. The headers go out as soon as the wait is registered: docker's client starts the container only
/// after it saw them.
/// </summary>
static class Wait
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var wait = request.Engine.Containers.WaitAsync(request.Name, Condition(request.Query.Text("condition")), request.Aborted);
        if (wait.IsFaulted) await wait;
        await request.StartAsync("application/json");
        await request.SendLineAsync(await AnswerAsync(wait), ContractsJson.Wire.WaitResponse);
    }

    static async Task<WaitResponse> AnswerAsync(Task<ContainerExitStatus> wait)
    {
        try
        {
            var status = await wait;
            return new WaitResponse { StatusCode = status.ExitCode, Error = string.IsNullOrEmpty(status.Error) ? null : new WaitError(status.Error) };
        }
        catch (EngineException e)
        {
            return new WaitResponse { StatusCode = -1, Error = new WaitError(e.Message) };
        }
    }

    static WaitCondition Condition(string? text) => text switch
    {
        null or "not-running" => WaitCondition.NotRunning,
        "next-exit" => WaitCondition.NextExit,
        "removed" => WaitCondition.Removed,
        _ => throw new InvalidParameterException($"invalid condition: \"{text}\""),
    };
}
