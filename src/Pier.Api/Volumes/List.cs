using Pier.Api.Http;
using Pier.Contracts;

namespace Pier.Api.Volumes;

/// <summary>GET /volumes: there are none yet.</summary>
static class List
{
    public static Task HandleAsync(ApiRequest request) => request.AnswerAsync(new VolumesListResponse([], null), ContractsJson.Wire.VolumesListResponse);
}
