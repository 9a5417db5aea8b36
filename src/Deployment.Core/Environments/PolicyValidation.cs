using Deployment.Planning;
using Deployment.Releases;
using Deployment.Runbooks;

namespace Deployment.Environments;

/// <summary>What is wrong with a policy, or with a pipeline under it, all of it.</summary>
internal static class PolicyValidation
{
    internal static IEnumerable<string> Problems(EnvironmentPolicy policy, string environment, IReadOnlyList<MomentBinding> bindings) =>
        Order(policy, environment).Concat(Approval(policy)).Concat(policy.Windows.SelectMany(OfWindow)).Concat(policy.RequiredChecks.SelectMany(check => Required(check, environment, bindings)))
            .Select(problem => $"The policy of {Naming.Printable(environment ?? "")}: {problem}");

    private static IEnumerable<string> Order(EnvironmentPolicy policy, string environment)
    {
        foreach (string before in policy.After)
        {
            if (Naming.Problem("environment", before) is { } problem)
            {
                yield return problem;
            }
            else if (before == environment)
            {
                yield return "It comes after itself. Name the environment before it in After.";
            }
        }
    }

    private static IEnumerable<string> Approval(EnvironmentPolicy policy)
    {
        if (policy.ApprovalBy is { } role && Title.Problem("role", role) is { } problem)
        {
            yield return problem;
        }

        if (policy.ApprovalTimeout is { } timeout && (timeout <= TimeSpan.Zero || policy.ApprovalBy is null))
        {
            yield return policy.ApprovalBy is null
                ? "ApprovalTimeout is given, but nobody approves. Say who: ApprovalBy."
                : $"ApprovalTimeout is {timeout}; it must be more than 0, or null for ever.";
        }
    }

    private static IEnumerable<string> OfWindow(DeploymentWindow? window)
    {
        if (window is null)
        {
            yield return "One of the Windows is null.";
            yield break;
        }

        if (window.Days.Count == 0)
        {
            yield return "A window has no Days, so it would never open.";
        }

        foreach (DayOfWeek day in window.Days.Where(day => !Enum.IsDefined(day)))
        {
            yield return $"A window has the day {day:D}, which is no day of a week.";
        }

        if (WindowTimes.ZoneOf(window.TimeZone) is null)
        {
            yield return $"This machine doesn't know the time zone '{Naming.Printable(window.TimeZone ?? "")}'. Take an IANA name such as Europe/Berlin, and install time zone data (tzdata) where it is missing.";
        }
    }

    private static IEnumerable<string> Required(string name, string environment, IReadOnlyList<MomentBinding> bindings)
    {
        if (Title.Problem("check", name) is { } problem)
        {
            yield return problem;
            yield break;
        }

        MomentBinding[] own = [.. bindings.Where(binding => binding.Check?.Name == name)];
        if (own.Length == 0)
        {
            yield return $"It requires the check '{name}', which this pipeline lacks. Add it, such as SmokeTest(\"{name}\", …), or take it out of RequiredChecks.";
        }
        else if (own.All(binding => binding.OnFailure == FailureAction.Note))
        {
            yield return $"It requires the check '{name}', whose failure this pipeline only notes, so it decides nothing. Let it roll back or investigate in {environment}.";
        }
    }
}
