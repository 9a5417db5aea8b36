using Deployment.Health;
using Deployment.Runbooks;

namespace Deployment.Planning;

/// <summary>Makes check steps: asks the check for what people read.</summary>
internal static class CheckSteps
{
    internal static CheckStep Make(string id, Check check, CheckSubject subject, Phase phase, FailureAction onFailure)
    {
        CheckDescription words = check.Describe(subject);
        return new CheckStep
        {
            Id = id,
            Title = check.Name,
            Phase = phase,
            Check = check.Name,
            Kind = check.Kind,
            Subject = subject,
            Commands = words.Commands,
            Expected = words.Expected,
            OnFailure = onFailure,
        };
    }
}
