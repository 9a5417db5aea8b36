using Deployment.Commands;
using Deployment.Secrets;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Tests.Targets;

/// <summary>Carries out operations on a target as a run does: run, then verify.</summary>
internal sealed class Rig(DockerTarget target) : ISecretStore
{
    private readonly List<string> _progress = [];

    public DockerTarget Target => target;

    public long Epoch { get; set; } = 1;

    public Dictionary<string, string> Secrets { get; } = [];

    public ICommandRunner Commands { get; set; } = new CommandRunner(TimeProvider.System);

    public IReadOnlyList<string> Progress
    {
        get
        {
            lock (_progress)
            {
                return [.. _progress];
            }
        }
    }

    public EffectContext Context => new("run", "step", Epoch, Commands, this, TimeProvider.System, Keep);

    public async Task RunAsync(Operation operation, CancellationToken cancellationToken = default)
    {
        Verb verb = target.Verbs.Single(verb => verb.Name == operation.Verb);
        EffectContext context = Context;
        await verb.RunAsync(operation.Arguments, context, cancellationToken);
        (await verb.VerifyAsync(operation.Arguments, context, cancellationToken)).Should().BeNull();
    }

    public VerbDescription Describe(Operation operation) => target.Verbs.Single(verb => verb.Name == operation.Verb).Describe(operation.Arguments);

    /// <summary>A revision of an image that the pipeline would have pinned.</summary>
    public async Task<Revision> RevisionAsync(string application, string version, string image, Func<Release, Release>? with = null)
    {
        Artifact pinned = await target.PinAsync(Artifact.Image(image), CancellationToken.None);
        Release release = Release.Of(application, version, pinned);
        return new Revision(new RevisionId(application, version, 1), with?.Invoke(release) ?? release);
    }

    public Task<Observation> SeeAsync() => target.ObserveAsync(CancellationToken.None);

    public Task<Secret> GetAsync(string name, CancellationToken cancellationToken) =>
        Secrets.TryGetValue(name, out string? value) ? Task.FromResult(new Secret(value)) : throw new DeploymentException($"There is no secret '{name}'.");

    private void Keep(string progress)
    {
        lock (_progress)
        {
            _progress.Add(progress);
        }
    }
}
