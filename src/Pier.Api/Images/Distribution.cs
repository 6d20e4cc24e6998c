using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Images;

/// <summary>GET /distribution/{name}/json.</summary>
static class Distribution
{
    public static Task HandleAsync(ApiRequest request) => RegistryFailures.AsOurs(() => AnswerAsync(request));

    static async Task AnswerAsync(ApiRequest request)
    {
        var view = await request.Engine.Images.DistributionAsync(request.Name, RegistryAuthHeader.Read(request), request.Aborted);
        await request.AnswerAsync(new DistributionInspect(view.Descriptor, view.Platforms), ContractsJson.Wire.DistributionInspect);
    }
}
