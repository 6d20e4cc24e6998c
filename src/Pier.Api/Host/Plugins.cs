using Pier.Api.Http;
using Pier.Contracts;
using Pier.Model;

namespace Pier.Api.Host;

/// <summary>
/// GET /plugins: the plugins that the engine itself installed and runs, of which Pier has none (plugins with a socket are not among them).
/// </summary>
static class Plugins
{
    public static Task MissAsync(ApiRequest request) => throw new NotFoundException($"plugin \"{request.Name}\" not found");

    public static Task ListAsync(ApiRequest request) => request.AnswerAsync([], ContractsJson.Wire.PluginSummaryArray);
}
