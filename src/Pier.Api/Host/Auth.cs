using Pier.Api.Http;
using Pier.Api.Images;
using Pier.Contracts;
using Pier.Model;

namespace Pier.Api.Host;

/// <summary>
/// POST /auth: asks the registry whether it takes the credentials. Nothing is kept: the client's configuration is where they live.
/// </summary>
static class Auth
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var config = await JsonBody.ReadAsync(request, ContractsJson.Wire.AuthConfig);
        var auth = RegistryAuthHeader.Of(config) ?? throw new UnauthorizedException("no credentials");
        var token = await request.Engine.Images.LoginAsync(config.ServerAddress ?? "", auth, request.Aborted);
        await request.AnswerAsync(new AuthResponse("Login Succeeded", token ?? ""), ContractsJson.Wire.AuthResponse);
    }
}
