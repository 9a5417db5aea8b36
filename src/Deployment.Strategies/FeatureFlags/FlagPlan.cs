using Deployment.Flags;
using Deployment.Planning;

namespace Deployment.Strategies.FeatureFlags;

/// <summary>Turns stages into definitions of the flag, from the one that was seen. No stage takes the flag away from anybody.</summary>
internal static class FlagPlan
{
    /// <summary>Null, with the error recorded, where the flag as it stands can't be opened in these stages.</summary>
    internal static IReadOnlyList<PlannedStage>? Of(FeatureFlagOptions options, string definition, PipelineContext context)
    {
        try
        {
            return Stages(options, options.Store!, definition, context);
        }
        catch (DeploymentException error)
        {
            context.Refuse($"The flag '{options.Flag}' in {options.Store!.Name} can't be opened in stages: {error.Message}");
            return null;
        }
    }

    private static List<PlannedStage>? Stages(FeatureFlagOptions options, IFeatureFlagStore store, string definition, PipelineContext context)
    {
        FlagAudience audience = store.AudienceOf(definition);
        if (audience.IsEveryone)
        {
            context.Refuse($"The flag '{options.Flag}' in {store.Name} is open for everyone already, so the release would not be deployed dark. Close the flag, or take another strategy.");
            return null;
        }

        List<PlannedStage> stages = [];
        string before = definition;
        foreach (FlagStage stage in options.Stages)
        {
            FlagAudience then = audience.With(stage.Audience);
            if (then.ToString() == audience.ToString())
            {
                context.Refuse($"The flag '{options.Flag}' in {store.Name} is open for {audience} already, so the stage for {stage.Audience} would change nothing. Close the flag first, or leave that stage out.");
                return null;
            }

            string next = store.WithAudience(before, then);
            stages.Add(new PlannedStage(stage, then, before, next));
            (audience, before) = (then, next);
        }

        return stages;
    }
}
