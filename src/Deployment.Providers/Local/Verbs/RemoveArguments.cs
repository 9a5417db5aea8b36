using Deployment.Releases;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Which revision is meant.</summary>
internal sealed record RemoveArguments(RevisionId Revision);
