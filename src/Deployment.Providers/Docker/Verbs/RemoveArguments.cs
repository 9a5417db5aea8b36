using Deployment.Releases;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>What is removed.</summary>
internal sealed record RemoveArguments(RevisionId Revision);
