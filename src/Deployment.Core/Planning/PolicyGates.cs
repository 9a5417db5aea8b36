using Deployment.Environments;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;

namespace Deployment.Planning;

/// <summary>Lets what a policy asks stand at the beginning of a runbook, and what is bound to the start. A hotfix leaves out what it can.</summary>
internal static class PolicyGates
{
    internal static void Place(PipelineDefinition pipeline, PlanningInput input, IReadOnlyList<MomentBinding> start, RunbookBuilder root, CheckSubject subject, bool isHotfix)
    {
        EnvironmentPolicy policy = input.Kind == RunKind.Deploy && pipeline.Policy is { } own ? own : EnvironmentPolicy.Development;
        if (policy.ApprovalBy is { } role && (!isHotfix || policy.ApprovesHotfixes))
        {
            root.Approval($"Go/No-Go by {role} for {pipeline.Environment}", role, policy.ApprovalTimeout);
        }

        bool waits = policy.Windows.Count > 0 && !isHotfix;
        // A person decides before the window, in daylight; what is looked at or done stands after it, when it counts.
        foreach (MomentBinding binding in waits ? start.OrderBy(binding => !binding.IsApproval) : start.AsEnumerable())
        {
            if (waits && !binding.IsApproval)
            {
                Wait(policy, pipeline, root);
                waits = false;
            }

            binding.Place(root, subject, Moment.Start);
        }

        if (waits)
        {
            Wait(policy, pipeline, root);
        }
    }

    /// <summary>What a hotfix does without, besides what its strategy leaves out.</summary>
    internal static IEnumerable<string> LeftOut(PipelineDefinition pipeline, PlanningInput input)
    {
        EnvironmentPolicy policy = pipeline.Policy ?? EnvironmentPolicy.Development;
        foreach (string before in PromotionRules.NotPassed(pipeline, input.Release, input.Verdicts))
        {
            yield return $"To have passed {before}{(ReleaseIdentity.KnowsContent(input.Release.Artifact) ? "" : "; nothing says what is in the artifact")}.";
        }

        if (policy.ApprovalBy is { } role && !policy.ApprovesHotfixes)
        {
            yield return $"The Go/No-Go by {role}.";
        }

        if (policy.Windows.Count > 0)
        {
            yield return $"The window, {DeploymentWindow.Words(policy.Windows)}.";
        }

        foreach (string check in pipeline.Bindings.Where(binding => !Stays(pipeline, binding)).Select(binding => binding.Name).Distinct())
        {
            yield return $"The check '{check}'{(policy.RequiredChecks.Contains(check) ? ", which the policy requires" : "")}.";
        }
    }

    /// <summary>Whether a hotfix keeps it: all but checks that are not critical.</summary>
    internal static bool Stays(PipelineDefinition pipeline, MomentBinding binding) =>
        binding.Check is null || pipeline.Bindings.Any(other => other.Check == binding.Check && other.IsCritical);

    private static void Wait(EnvironmentPolicy policy, PipelineDefinition pipeline, RunbookBuilder root) =>
        root.Window($"Wait for the window of {pipeline.Environment}", policy.Windows);
}
