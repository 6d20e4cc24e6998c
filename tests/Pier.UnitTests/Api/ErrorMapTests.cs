using Pier.Api.Http;
using Pier.Model;
using Pier.Model.Builds;

namespace Pier.UnitTests.Api;

public class ErrorMapTests
{
    public static TheoryData<Exception, int> Cases =>
        new()
        {
            { new NotModifiedException("x"), 304 },
            { new InvalidParameterException("x"), 400 },
            { new UnauthorizedException("x"), 401 },
            { new ForbiddenException("x"), 403 },
            { new NotFoundException("x"), 404 },
            { new ConflictException("x"), 409 },
            { new HostFailureException("x"), 500 },
            { new UnsupportedException("x"), 501 },
            { new UnavailableException("x"), 503 },
            { new DockerfileException("x"), 400 },
            { new StepFailedException(["x"], 1, Digest.Of([])), 500 },
            { new StartFailedException("x", 127), 400 },
            { new StartFailedException("x", 126), 400 },
            { new StartFailedException("x", 125), 500 },
            { new InvalidOperationException("x"), 500 },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_kind_of_error_has_dockers_status(Exception error, int status) => Assert.Equal(status, ErrorMap.Status(error));

    [Fact]
    public void No_member_of_the_family_is_forgotten()
    {
        var family = typeof(EngineException).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(EngineException)) && !t.IsAbstract);
        var tested = Cases.Select(c => c[0].GetType());
        Assert.Empty(family.Except(tested));
    }
}
