using Deployment.Commands;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Secrets;

namespace Deployment.Tests.Health;

internal static class Contexts
{
    internal static CheckSubject Subject { get; } = new("shop", RevisionId.Parse("shop_1.0.0_1"));

    internal static CheckContext Of(TimeProvider clock, ICommandRunner? commands = null, params Uri[] addresses) =>
        new(Subject, _ => Task.FromResult<IReadOnlyList<Uri>>(addresses), commands ?? new RecordingCommandRunner(), new EnvironmentSecretStore(), clock);
}
