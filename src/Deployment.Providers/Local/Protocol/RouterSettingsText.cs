namespace Deployment.Providers.Local.Protocol;

/// <inheritdoc/>
internal sealed class RouterSettingsText() : SparseText<RouterSettings>(LocalJson.Default.RouterSettings, RouterSettings.Default);
