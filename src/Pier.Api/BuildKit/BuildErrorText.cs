using Pier.Model.Builds;

namespace Pier.Api.BuildKit;

/// <summary>Errors of builds in BuildKit's words, where they differ from the classic builder's.</summary>
static class BuildErrorText
{
    public static string Of(Exception error) =>
        error switch
        {
            StepFailedException step => step.Detail,
            _ => error.Message,
        };
}
