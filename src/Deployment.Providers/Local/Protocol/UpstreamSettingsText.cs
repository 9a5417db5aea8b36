namespace Deployment.Providers.Local.Protocol;

/// <inheritdoc/>
internal sealed class UpstreamSettingsText() : SparseText<UpstreamSettings>(LocalJson.Default.UpstreamSettings, UpstreamSettings.Default);
