using Deployment.Targets;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>Puts a revision into slots.</summary>
internal sealed class ReplaceVerb(DockerOperations docker, SlotChange slots) : Verb<ReplaceArguments>("replace", Repeatability.Idempotent, DockerJson.Default.ReplaceArguments)
{
    protected override VerbDescription Describe(ReplaceArguments arguments) => new(
        DockerLines.AsOne([
            .. docker.Lines.Make(arguments.Revision, arguments.Container, arguments.Slots, docker.HostOf),
            .. arguments.Slots.SelectMany(slot => docker.Lines.StopOthers(arguments.Revision, slot)),
            .. docker.Lines.Start(arguments.Revision, arguments.Container, arguments.Slots, docker.HostOf),
            .. docker.Lines.Keep(arguments.Revision),
        ]),
        $"{arguments.Revision} answers in slots {string.Join(", ", arguments.Slots)} of {docker.Target}.",
        docker.IsRouted ? "The router sends requests to these slots, and the containers there are well." : "The containers in these slots run and are well.")
    {
        VerificationCommands = docker.Lines.Show(),
        Notes = docker.IsRouted ? ["By hand, take the slots out of the router before, and into it afterwards."] : [],
    };

    protected override Task RunAsync(ReplaceArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        slots.FillAsync(arguments.Slots, arguments.Revision, arguments.Container, context, cancellationToken);

    protected override Task<string?> VerifyAsync(ReplaceArguments arguments, EffectContext context, CancellationToken cancellationToken) =>
        slots.VerifyAsync(arguments.Slots, arguments.Revision, arguments.Container, context, cancellationToken);
}
