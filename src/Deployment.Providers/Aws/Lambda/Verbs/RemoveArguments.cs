using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <param name="Revision">The revision.</param>
internal sealed record RemoveArguments(RevisionId Revision);
