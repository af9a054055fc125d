//! Images.

use koji_api::Fault;
use koji_api::methods::{BuildImage, BuildImageIndirection, BuildImageOz};
use koji_api::types::refs;
use koji_xmlrpc::Value;

use super::options;
use crate::context::Cx;
use crate::fault::Outcome;
use crate::tasks;

/// Live images and appliances: `livecd`, `appliance` or `livemedia`, each with its own permission and channel.
pub async fn build_image(cx: &mut Cx, call: BuildImage) -> Outcome<i64> {
    let kind = refs::to_str(&call.img_type)?.to_owned();
    if !matches!(kind.as_str(), "livecd" | "appliance" | "livemedia") {
        return Err(Fault::generic(format!("Unrecognized image type: {kind}")).into());
    }
    all_text(&[&call.name, &call.ksfile, &call.version])?;
    cx.assert_perm(&kind)?;
    let mut options = options(cx, &call.priority, &kind.as_str().into())?;
    options.arch = Some(match kind.as_str() {
        "livemedia" => "noarch".to_owned(),
        _ => refs::to_str(&call.arch)?.to_owned(),
    });
    let args = vec![call.name, call.version, call.arch, call.target, call.ksfile, call.opts];
    tasks::make(cx, &kind, args, options).await
}

/// Images made of another image.
pub async fn build_image_indirection(cx: &mut Cx, call: BuildImageIndirection) -> Outcome<i64> {
    let mut options = options(cx, &call.priority, &"image".into())?;
    let opts = call.opts.as_struct().ok_or_else(|| refs::wrong_type(&call.opts, "dict"))?;
    if !opts.contains_key("scratch") && !opts.contains_key("indirection_template_url") {
        let why = "Non-scratch builds must provide url for the indirection template";
        return Err(Fault::not_allowed(why).into());
    }
    if let Some(arch) = opts.get("arch") {
        options.arch = Some(refs::to_str(arch)?.to_owned());
    }
    tasks::make(cx, "indirectionimage", vec![call.opts], options).await
}

/// Disk images for several arches.
pub async fn build_image_oz(cx: &mut Cx, call: BuildImageOz) -> Outcome<i64> {
    all_text(&[&call.name, &call.inst_tree, &call.version])?;
    let options = options(cx, &call.priority, &"image".into())?;
    let args = vec![call.name, call.version, call.arches, call.target, call.inst_tree, call.opts];
    tasks::make(cx, "image", args, options).await
}

fn all_text(values: &[&Value]) -> Result<(), Fault> {
    values.iter().try_for_each(|v| refs::to_str(v).map(drop))
}
