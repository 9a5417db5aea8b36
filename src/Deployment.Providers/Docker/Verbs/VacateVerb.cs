using Deployment.Targets;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>Empties slots.</summary>
internal sealed class VacateVerb(DockerOperations docker, SlotChange slots) : Verb<VacateArguments>("vacate", Repeatability.Idempotent, DockerJson.Default.VacateArguments)
{
    protected override VerbDescription Describe(VacateArguments arguments) => new(
        [.. arguments.Slots.SelectMany(slot => docker.Lines.Stop([DockerLines.Filter(Containers.ContainerLabels.Slot, slot)]))],
        $"Nothing runs in slots {string.Join(", ", arguments.Slots)} of {docker.Target}.",
        "No container runs in these slots.")
    {
        VerificationCommands = docker.Lines.Show(),
        Notes = docker.IsRouted ? ["By hand, take the slots out of the router before."] : [],
    };

    protected override Task RunAsync(VacateArguments arguments, EffectContext context, CancellationToken cancellationToken) => slots.EmptyAsync(arguments.Slots, context, cancellationToken);

    protected override Task<string?> VerifyAsync(VacateArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        slots.VerifyAsync(arguments.Slots, null, null, context, cancellationToken);
}
