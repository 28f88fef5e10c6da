import { showFailure } from "../activity";
import { openPlace as openPlaceInEditor } from "../open-place";
import type { Place } from "../../protocol/panel";
import type { EditorCommand } from "./command";

/** A click in the Suspects tree. */
export const openPlace: EditorCommand = {
  id: "leakline.openPlace",
  async run(parts, place) {
    try {
      await openPlaceInEditor(parts.store.current?.root ?? null, place as Place, false);
    } catch (thrown) {
      await showFailure(thrown, parts.log);
    }
  },
};
