using Deployment.Releases;

namespace Deployment.Providers.Local.Verbs;

/// <summary>The revision whose workers are to run; null for none.</summary>
internal sealed record DutyArguments(RevisionId? Revision);
