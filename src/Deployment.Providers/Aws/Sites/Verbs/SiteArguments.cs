using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>A revision of a site.</summary>
/// <param name="Revision">Its name.</param>
/// <param name="Folder">Where its files are, unless it stands already.</param>
/// <param name="Sha256">What it is made of: <see cref="SiteContent.Hash"/>.</param>
internal sealed record SiteArguments(RevisionId Revision, string Folder, string Sha256);
