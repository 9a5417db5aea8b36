using Deployment.Flags;
using Deployment.Targets;

namespace Deployment.Strategies.FeatureFlags;

/// <summary>Gives a flag another definition.</summary>
internal sealed class FlagVerb(IFeatureFlagStore store) : Verb<FlagArguments>("set-flag", Repeatability.Idempotent, FlagJson.Default.FlagArguments)
{
    protected override VerbDescription Describe(FlagArguments arguments) => new(
        store.WriteCommands(arguments.Flag, arguments.Definition),
        $"The flag {arguments.Flag} is for {AudienceOf(arguments.Definition)}.",
        "The flag is read back and has this definition.")
    {
        VerificationCommands = store.ReadCommands(arguments.Flag),
    };

    protected override Task RunAsync(FlagArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        store.WriteAsync(arguments.Flag, arguments.Definition, arguments.Expected, cancellationToken);

    protected override async Task<string?> VerifyAsync(FlagArguments arguments, EffectContext context, CancellationToken cancellationToken)
    {
        string? seen = await store.ReadAsync(arguments.Flag, cancellationToken).ConfigureAwait(false);
        return seen == arguments.Definition ? null : $"The flag {arguments.Flag} is {seen ?? "gone"}, not {arguments.Definition}.";
    }

    /// <summary>A definition that is set back may be one that only its owner understands.</summary>
    private string AudienceOf(string definition)
    {
        try
        {
            return store.AudienceOf(definition).ToString();
        }
        catch (DeploymentException)
        {
            return "whom its conditions say";
        }
    }
}
